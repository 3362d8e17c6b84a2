/** A cluster of rqlite for tests: nodes as child processes on loopback, which can be killed and started again. */
@NullMarked
package dev.mayfly.testkit.rqlite;

import org.jspecify.annotations.NullMarked;
