@NullMarked
package dev.mayfly.env.sync;

import org.jspecify.annotations.NullMarked;
