package dev.mayfly.env.service;

import dev.mayfly.env.runtime.LiveProcess;
import java.nio.file.Path;
import java.time.Instant;

/**
 * An environment that somebody has.
 *
 * @param root the process that it is for
 * @param envSpec as it was asked for, or digests of its stack when this service was not asked
 * @param view where it is mounted
 */
public record ActiveMount(
        LiveProcess root,
        String envSpec,
        boolean editable,
        String runtimeName,
        String frontEnd,
        Path view,
        Instant since) {}
