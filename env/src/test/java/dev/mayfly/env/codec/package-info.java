@NullMarked
package dev.mayfly.env.codec;

import org.jspecify.annotations.NullMarked;
