@NullMarked
package dev.mayfly.env.lazy;

import org.jspecify.annotations.NullMarked;
