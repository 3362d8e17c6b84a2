/** Stands for the world in tests: an engine in memory that keeps the ports' contracts, and a runner that does as it is told. */
@NullMarked
package dev.mayfly.queue.fake;

import org.jspecify.annotations.NullMarked;
