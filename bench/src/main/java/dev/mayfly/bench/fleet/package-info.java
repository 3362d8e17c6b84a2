/**
 * What the fleet's benchmark compares with: QEMU as anybody would start it, without what is ours. Knows nothing of how the
 * room {@code fleet} starts machines, but for the words that its guests understand.
 */
@NullMarked
package dev.mayfly.bench.fleet;

import org.jspecify.annotations.NullMarked;
