/**
 * The decisions of the queue, and nothing else: values in, values out. The same code runs in the worker, in tests and in
 * the simulation.
 */
@NullMarked
package dev.mayfly.queue.protocol;

import org.jspecify.annotations.NullMarked;
