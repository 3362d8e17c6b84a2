package dev.mayfly.queue.protocol;

import dev.mayfly.base.error.ErrorCode;

/**
 * Whose fault a failure is. Only a job's own fault is a final answer: what a broken installation, or a machine that
 * lacks something, does to a job must not stand in the ledger for ever as if the job had been refused.
 */
public final class Blame {
    private Blame() {}

    /** Any worker would say the same about the same job, now and later. */
    public static boolean isTheJobs(ErrorCode code) {
        return switch (code) {
            case REQUEST_INVALID, REQUEST_TOO_LARGE, POLICY_REFUSES, RESULT_INVALID -> true;
            default -> false;
        };
    }

    /** By its meaning, it comes before the first instruction of the job. */
    public static boolean isBeforeTheStart(ErrorCode code) {
        return switch (code) {
            case SANDBOX_UNAVAILABLE, SANDBOX_SETUP, SERVICE_BUSY, POLICY_MISSING, POLICY_INVALID, LAYER_MISSING ->
                true;
            default -> false;
        };
    }
}
