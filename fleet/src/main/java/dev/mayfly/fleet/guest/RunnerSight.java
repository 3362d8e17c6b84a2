package dev.mayfly.fleet.guest;

import dev.mayfly.fleet.runner.GuestState;

/**
 * What is seen of GitHub's runner at one moment.
 *
 * @param listener whether the process is there that takes jobs
 * @param worker whether the process is there that does one
 * @param stepping whether that has begun with a step of its job
 */
public record RunnerSight(boolean listener, boolean worker, boolean stepping) {
    /**
     * What it is doing, when it was doing that before. It is for one job: what has worked and works no more has finished,
     * whatever else is there.
     */
    public GuestState after(GuestState before) {
        if (before == GuestState.FINISHED) {
            return before;
        }
        if (worker) {
            return stepping || before == GuestState.RUNNING ? GuestState.RUNNING : GuestState.PREPARING;
        }
        return switch (before) {
            case PREPARING, RUNNING, FINISHED -> GuestState.FINISHED;
            case OFFLINE, IDLE -> listener ? GuestState.IDLE : GuestState.OFFLINE;
        };
    }
}
