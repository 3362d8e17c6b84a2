/** The values that the queue and its users exchange. */
@NullMarked
package dev.mayfly.queue.api;

import org.jspecify.annotations.NullMarked;
