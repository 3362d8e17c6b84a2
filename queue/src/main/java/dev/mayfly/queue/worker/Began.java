package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;

/** Whether a run that failed had begun to do anything. */
final class Began {
    private Began() {}

    /** True for failures that, by their meaning, come before the first instruction of the job. */
    static boolean notYet(MayflyException failure) {
        return switch (failure.code()) {
            case SANDBOX_UNAVAILABLE, SANDBOX_SETUP, QUEUE_UNREACHABLE, SERVICE_BUSY -> true;
            default -> false;
        };
    }
}
