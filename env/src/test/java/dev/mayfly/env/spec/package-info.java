@NullMarked
package dev.mayfly.env.spec;

import org.jspecify.annotations.NullMarked;
