package dev.mayfly.mesh.probe;

import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the probes of one target that began within a stretch of time.
 */
public final class Window {
    private final int target;
    private final long startNanos;
    private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    private final Sketch network = new Sketch();
    private final Sketch responder = new Sketch();
    private final Sketch prober = new Sketch();
    private long forgotten;

    Window(int target, long startNanos) {
        this.target = target;
        this.startNanos = startNanos;
    }

    void add(ProbeOutcome outcome) {
        verdicts.merge(outcome.verdict(), 1L, Long::sum);
        outcome.timing().ifPresent(timing -> {
            network.add(timing.networkNanos());
            responder.add(timing.responderNanos());
            prober.add(timing.proberNanos());
        });
    }

    /** A verdict is revised only from one without timing. */
    void revise(ProbeOutcome before, ProbeOutcome now) {
        verdicts.merge(before.verdict(), -1L, Long::sum);
        add(now);
    }

    void forget() {
        forgotten++;
    }

    public int target() {
        return target;
    }

    public long startNanos() {
        return startNanos;
    }

    public long count(Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0L);
    }

    /** Probes with a verdict. */
    public long probes() {
        long sum = 0;
        for (long each : verdicts.values()) {
            sum += each;
        }
        return sum;
    }

    /** Probes without one; when there are any, this window says less than it could, and not that something was lost. */
    public long forgotten() {
        return forgotten;
    }

    public Sketch network() {
        return network;
    }

    public Sketch responder() {
        return responder;
    }

    public Sketch prober() {
        return prober;
    }
}
