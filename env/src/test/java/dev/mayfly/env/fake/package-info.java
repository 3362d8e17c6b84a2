/** Repositories for tests that need no disk. */
@NullMarked
package dev.mayfly.env.fake;

import org.jspecify.annotations.NullMarked;
