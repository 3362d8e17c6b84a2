/** Programs that a benchmark starts: how they end. In: a process that this one started. Must not know what it is. */
@NullMarked
package dev.mayfly.bench.process;

import org.jspecify.annotations.NullMarked;
