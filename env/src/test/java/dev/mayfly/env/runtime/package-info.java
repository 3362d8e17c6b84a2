@NullMarked
package dev.mayfly.env.runtime;

import org.jspecify.annotations.NullMarked;
