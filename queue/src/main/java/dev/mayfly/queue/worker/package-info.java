/** Serves a queue: takes messages, claims jobs, runs them, answers. */
@NullMarked
package dev.mayfly.queue.worker;

import org.jspecify.annotations.NullMarked;
