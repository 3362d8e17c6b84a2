@NullMarked
package dev.mayfly.env.gc;

import org.jspecify.annotations.NullMarked;
