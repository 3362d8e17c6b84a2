/**
 * Serves trees of paths through a FUSE library of the system and its binding jFUSE: macFUSE on macOS, libfuse 3 on Linux,
 * where it is there to be tested. {@code docs/decisions/0017-jfuse.md} says why, and under which licence.
 *
 * <p>jFUSE does not say who asks, so the library itself is asked for it, on the thread on which it calls
 * ({@link dev.mayfly.env.fuse.jfuse.CallerContext}).
 */
@NullMarked
package dev.mayfly.env.fuse.jfuse;

import org.jspecify.annotations.NullMarked;
