package dev.mayfly.sandbox.record;

import java.time.Instant;

/**
 * One recorded run.
 *
 * @param number counts up over the life of the ledger; several entries may share a run id
 * @param command the beginning of what was asked for, for people; chosen by the requester
 * @param result the whole result as JSON
 * @param mark by which its caller finds it again; empty for none
 */
public record LedgerEntry(
        long number,
        String runId,
        Instant finishedAt,
        String command,
        String verdict,
        int riskScore,
        String backend,
        long durationMillis,
        String resultDigest,
        String result,
        String mark) {}
