package dev.mayfly.mesh.demo;

import java.time.Duration;
import java.util.List;

/**
 * What a demonstration shows.
 *
 * @param faults one after the other
 * @param loss share of packets that faults with a share lose
 * @param seed picks where faults are
 * @param torMesh probes a second of each host at the same leaf
 * @param patience for each fault to be found, and for it to be over
 */
public record DemoOptions(
        ClosPlan plan,
        List<FaultKind> faults,
        double loss,
        long seed,
        double torMesh,
        double interTor,
        Duration patience) {
    public DemoOptions {
        faults = List.copyOf(faults);
        if (!(loss > 0 && loss <= 1) || !(torMesh > 0) || !(interTor > 0) || !patience.isPositive()) {
            throw new IllegalArgumentException("a share of loss between 0 and 1, rates and a patience above 0");
        }
    }
}
