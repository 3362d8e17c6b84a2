@NullMarked
package dev.mayfly.env.routed;

import org.jspecify.annotations.NullMarked;
