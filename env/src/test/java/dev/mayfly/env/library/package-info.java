@NullMarked
package dev.mayfly.env.library;

import org.jspecify.annotations.NullMarked;
