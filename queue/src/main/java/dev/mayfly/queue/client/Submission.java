package dev.mayfly.queue.client;

import dev.mayfly.queue.api.JobEntry;

/**
 * A job that was sent.
 *
 * @param entry where it stands; final when it had its answer before
 * @param known true when the job was in the ledger already: the same request came before
 */
public record Submission(JobEntry entry, boolean known) {}
