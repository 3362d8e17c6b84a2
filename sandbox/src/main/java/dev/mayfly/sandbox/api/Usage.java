package dev.mayfly.sandbox.api;

import java.time.Duration;

/**
 * What the whole process tree of a run consumed; -1 where this machine cannot tell.
 *
 * @param cpu user plus system time
 * @param peakPids most tasks alive at once
 */
public record Usage(Duration cpu, long peakMemoryBytes, long peakPids, long readBytes, long writtenBytes) {}
