package dev.mayfly.mesh.controller;

import dev.mayfly.mesh.control.Inventory;
import dev.mayfly.mesh.control.ServiceBook;
import dev.mayfly.mesh.controller.Totals.Pair;
import dev.mayfly.mesh.controller.Totals.Pairs;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sums over everything that was reported. A row that is told again counts by what it changes; that is remembered for as many
 * rows as an agent may still change, and a row older than that counts once more at most in what became of it.
 */
final class Tally {
    private static final int MOST_PAIRS = 4096;
    private static final int REMEMBERED = 500_000;

    private final Map<Pair, Sums> pairs = new HashMap<>();
    private final Map<Key, VerdictCounts> told = new LinkedHashMap<>();
    private final Map<String, Double> paces = new HashMap<>();
    private final Map<String, Long> dropped = new HashMap<>();
    private long reports;

    private record Key(String agent, Flow flow, long startNanos) {}

    private static final class Sums {
        private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
        private final Sketch network = new Sketch();
        private final Sketch responder = new Sketch();
        private final Sketch prober = new Sketch();
    }

    void add(AgentReport report, Inventory inventory) {
        reports++;
        paces.put(report.agent(), report.pace());
        dropped.put(report.agent(), report.dropped());
        for (AgentReport.Row row : report.rows()) {
            sums(row.flow().from(), row.flow().to(), inventory).ifPresent(sums -> count(report.agent(), row, sums));
        }
        for (AgentReport.Lengths lengths : report.lengths()) {
            sums(lengths.from(), lengths.to(), inventory).ifPresent(sums -> {
                sums.network.add(lengths.network());
                sums.responder.add(lengths.responder());
                sums.prober.add(lengths.prober());
            });
        }
    }

    private void count(String agent, AgentReport.Row row, Sums sums) {
        VerdictCounts before = told.put(new Key(agent, row.flow(), row.startNanos()), row.counts());
        if (told.size() > REMEMBERED) {
            told.remove(told.keySet().iterator().next());
        }
        for (Verdict verdict : Verdict.values()) {
            int more = row.counts().of(verdict) - (before == null ? 0 : before.of(verdict));
            sums.verdicts.merge(verdict, (long) more, Long::sum);
        }
    }

    private Optional<Sums> sums(IpAddress from, IpAddress to, Inventory inventory) {
        Optional<Inventory.Placed> source = inventory.find(from);
        Optional<Inventory.Placed> target = inventory.find(to);
        if (source.isEmpty() || target.isEmpty()) {
            return Optional.empty();
        }
        Pair pair = new Pair(source.get().card().tor(), target.get().card().tor());
        if (pairs.size() >= MOST_PAIRS && !pairs.containsKey(pair)) {
            pair = new Pair("other", "other");
        }
        return Optional.of(pairs.computeIfAbsent(pair, _ -> new Sums()));
    }

    void forget(String agent) {
        paces.remove(agent);
        dropped.remove(agent);
    }

    /** A copy, so that it can be read elsewhere. */
    Totals totals(
            int agents, int cards, ServiceBook services, int rows, long localizations, double lastJudgmentSeconds) {
        Map<Pair, Pairs> copied = new HashMap<>();
        pairs.forEach((pair, sums) -> {
            copied.put(pair, new Pairs(sums.verdicts, copy(sums.network), copy(sums.responder), copy(sums.prober)));
        });
        return new Totals(
                copied,
                agents,
                cards,
                services.size(),
                services.unrouted(),
                services.missed(),
                services.portsMissing(),
                rows,
                reports,
                dropped.values().stream().mapToLong(Long::longValue).sum(),
                paces.values().stream().mapToDouble(Double::doubleValue).min().orElse(1),
                localizations,
                lastJudgmentSeconds);
    }

    private static Sketch copy(Sketch sketch) {
        Sketch copy = new Sketch();
        copy.add(sketch);
        return copy;
    }
}
