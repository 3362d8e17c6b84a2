@NullMarked
package dev.mayfly.env.object;

import org.jspecify.annotations.NullMarked;
