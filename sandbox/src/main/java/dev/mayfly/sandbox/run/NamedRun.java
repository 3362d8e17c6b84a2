package dev.mayfly.sandbox.run;

import java.time.Duration;

/**
 * A request that was read and named, and not run.
 *
 * @param runId what its result will be called
 * @param leavesNoTrace whether it can be run again as if it had never run: it asked for that, and it reaches nothing
 *     outside its box
 * @param wall when a run of it is ended at the latest
 * @param command the beginning of what was asked for, for people
 */
public record NamedRun(String runId, boolean leavesNoTrace, Duration wall, String command) {}
