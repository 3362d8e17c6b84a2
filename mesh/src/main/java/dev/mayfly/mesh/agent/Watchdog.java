package dev.mayfly.mesh.agent;

import java.util.function.DoubleSupplier;

/**
 * Slows the agent down while it, or its host, has too much to do: one rung for each look that finds too much, and one back for
 * each that finds clearly less. It never stops: a mesh without probes would see nothing when it matters.
 */
final class Watchdog {
    private static final double[] LADDER = {1, 0.5, 0.25, 0.1};
    private static final double CLEARLY_LESS = 0.75;

    private final DoubleSupplier heap;
    private final DoubleSupplier processor;
    private AgentSettings.Protection limits;
    private int rung;

    /** @param heap share in use; {@code processor} likewise. Below 0: unknown */
    Watchdog(DoubleSupplier heap, DoubleSupplier processor, AgentSettings.Protection limits) {
        this.heap = heap;
        this.processor = processor;
        this.limits = limits;
    }

    void limits(AgentSettings.Protection newLimits) {
        limits = newLimits;
    }

    /** Looks, and says which share of the asked rate is right now. */
    double look() {
        double load = Math.max(heap.getAsDouble() / limits.heap(), processor.getAsDouble() / limits.processor());
        if (load > 1) {
            rung = Math.min(rung + 1, LADDER.length - 1);
        } else if (load < CLEARLY_LESS) {
            rung = Math.max(rung - 1, 0);
        }
        return LADDER[rung];
    }
}
