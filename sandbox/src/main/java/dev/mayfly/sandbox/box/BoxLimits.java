package dev.mayfly.sandbox.box;

import java.time.Duration;

/**
 * Limits of one run over its whole process tree, except {@code fileSizeBytes} and {@code openFiles}, which are per
 * process.
 *
 * @param cpu user plus system time
 * @param diskBytes cap of each of /workspace and /tmp
 * @param streamBytes what is kept of each of stdout and stderr; the rest is counted and dropped
 * @param outputBytes cap over all collected output files
 */
public record BoxLimits(
        Duration wall,
        Duration cpu,
        long memoryBytes,
        long pids,
        long fileSizeBytes,
        long openFiles,
        long diskBytes,
        int streamBytes,
        long outputBytes) {}
