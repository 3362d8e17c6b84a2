package dev.mayfly.sandbox.box;

import java.time.Duration;

/**
 * Bounds of what one run may do over its granted network.
 *
 * @param connections most mediated connections over the whole run
 * @param concurrent most of them open at once
 * @param bytes most bytes carried, both directions together
 * @param names most different names looked up
 * @param idle a connection without traffic for this long is closed
 */
public record NetCaps(int connections, int concurrent, long bytes, int names, Duration idle) {
    /** Enough for a package manager, far too little for a flood. */
    public static final NetCaps STANDARD = new NetCaps(1024, 64, 256L << 20, 256, Duration.ofSeconds(30));

    public NetCaps {
        if (connections < 1 || concurrent < 1 || bytes < 1 || names < 1 || !idle.isPositive()) {
            throw new IllegalArgumentException("every network cap must be positive");
        }
    }
}
