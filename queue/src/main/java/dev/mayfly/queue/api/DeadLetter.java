package dev.mayfly.queue.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that was given up.
 *
 * @param number of this letter, for naming it
 * @param job the job it asks for; empty when it could not be read
 */
public record DeadLetter(long number, Optional<JobId> job, Instant at, String reason, Message message) {}
