/** The whole program, typed at as a user would: real processes, streams and exit codes, nothing of our classes. */
@NullMarked
package dev.mayfly.e2e;

import org.jspecify.annotations.NullMarked;
