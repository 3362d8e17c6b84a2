/**
 * What the protocol needs of the world. An engine gives {@link dev.mayfly.queue.port.WorkQueue}, {@link
 * dev.mayfly.queue.port.JobLedger} and {@link dev.mayfly.queue.port.Answers}; the program gives the rest.
 */
@NullMarked
package dev.mayfly.queue.port;

import org.jspecify.annotations.NullMarked;
