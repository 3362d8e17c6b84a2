package dev.mayfly.mesh.ping;

import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of all probes. Belongs to one thread. */
public final class PingSums {
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final SortedMap<Integer, Path> paths = new TreeMap<>();
    private final Sketch network = new Sketch();
    private final Sketch responder = new Sketch();
    private final Sketch prober = new Sketch();
    private int sent;

    /** Probes of one source port. */
    public static final class Path {
        private int probes;
        private int blamed;
        private final Sketch network = new Sketch();

        public int probes() {
            return probes;
        }

        /** Those that count against the network. */
        public int blamed() {
            return blamed;
        }

        public Sketch network() {
            return network;
        }
    }

    void begun() {
        sent++;
    }

    void add(int sourcePort, ProbeOutcome outcome) {
        Path path = paths.computeIfAbsent(sourcePort, _ -> new Path());
        path.probes++;
        count(path, outcome, 1);
        outcome.timing().ifPresent(timing -> {
            network.add(timing.networkNanos());
            responder.add(timing.responderNanos());
            prober.add(timing.proberNanos());
            path.network.add(timing.networkNanos());
        });
    }

    void takeBack(int sourcePort, ProbeOutcome outcome) {
        Path path = paths.computeIfAbsent(sourcePort, _ -> new Path());
        path.probes--;
        count(path, outcome, -1);
    }

    private void count(Path path, ProbeOutcome outcome, int by) {
        verdicts.merge(outcome.verdict(), by, Integer::sum);
        if (outcome.verdict().blamesFabric()) {
            path.blamed += by;
        }
    }

    public int sent() {
        return sent;
    }

    public int count(Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /** Probes with a verdict; fewer than were sent when it ended early. */
    public int judged() {
        return verdicts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Whether the other host answered at all. */
    public boolean answered() {
        return count(Verdict.OK) + count(Verdict.LATE) + count(Verdict.ACK1_ONLY) + count(Verdict.INVALID) > 0;
    }

    public SortedMap<Integer, Path> paths() {
        return new TreeMap<>(paths);
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
