package dev.mayfly.mesh.exchange;

import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * What became of an agent's probes since its last report.
 *
 * @param nowNanos on the agent's clock, as the report is made: what is told has its age by it, and no clocks are compared
 * @param pace the share of the asked rate that the agent allows itself, above 0, at most 1
 * @param dropped rows that there was no room for since it began
 * @param stalledNanos the longest that none of its probes could be sent or answered since its last report, until now when that
 *     goes on: its host did not let it run
 * @param services empty when they are those of the report before
 */
public record AgentReport(
        String agent,
        long nowNanos,
        List<Row> rows,
        List<Lengths> lengths,
        List<LearnedPath> paths,
        double pace,
        long dropped,
        long stalledNanos,
        Optional<ServicesSeen> services) {
    public AgentReport {
        rows = List.copyOf(rows);
        lengths = List.copyOf(lengths);
        paths = List.copyOf(paths);
    }

    /** Of an agent whose services are as they were. */
    public AgentReport(
            String agent,
            long nowNanos,
            List<Row> rows,
            List<Lengths> lengths,
            List<LearnedPath> paths,
            double pace,
            long dropped,
            long stalledNanos) {
        this(agent, nowNanos, rows, lengths, paths, pace, dropped, stalledNanos, Optional.empty());
    }

    /**
     * The probes of a flow that began in one window. Told again when a verdict changes; the last one counts.
     *
     * @param queuePair that was probed
     * @param startNanos of the window, on the agent's clock
     */
    public record Row(Flow flow, int queuePair, long startNanos, VerdictCounts counts) {}

    /** Lengths of time from one card to another, over all ports. */
    public record Lengths(IpAddress from, IpAddress to, Sketch network, Sketch responder, Sketch prober) {}

    /** @param hops the switches in order; empty for one that does not say who it is */
    public record LearnedPath(Flow flow, List<Optional<IpAddress>> hops) {
        public LearnedPath {
            hops = List.copyOf(hops);
        }

        public boolean whole() {
            return !hops.isEmpty() && hops.stream().allMatch(Optional::isPresent);
        }
    }
}
