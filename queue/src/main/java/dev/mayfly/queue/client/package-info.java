/** Sends jobs, waits for their answers, and looks after those that have none. */
@NullMarked
package dev.mayfly.queue.client;

import org.jspecify.annotations.NullMarked;
