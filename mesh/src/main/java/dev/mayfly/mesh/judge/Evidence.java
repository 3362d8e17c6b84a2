package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.VerdictCounts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Rows of reports, for as long as they are remembered, in the order in which they were first told. A row that is told again
 * takes the place of itself. Bounded: beyond that the oldest go first.
 */
final class Evidence {
    private static final int MOST = 2_000_000;

    private final Deque<Row> rows = new ArrayDeque<>();
    private final Map<Key, Row> byKey = new HashMap<>();
    private final long rememberedNanos;

    private record Key(String agent, Flow flow, long startNanos) {}

    /** Probes of a flow in one window; the start is on our clock. */
    static final class Row {
        private final Key key;
        final int queuePair;
        final long start;
        private VerdictCounts counts;

        private Row(Key key, int queuePair, long start, VerdictCounts counts) {
            this.key = key;
            this.queuePair = queuePair;
            this.start = start;
            this.counts = counts;
        }

        Flow flow() {
            return key.flow();
        }

        VerdictCounts counts() {
            return counts;
        }
    }

    Evidence(Duration remembered) {
        this.rememberedNanos = remembered.toNanos();
    }

    void add(AgentReport report, long now) {
        for (AgentReport.Row told : report.rows()) {
            long age = report.nowNanos() - told.startNanos();
            if (age < 0 || age > rememberedNanos) {
                continue;
            }
            Key key = new Key(report.agent(), told.flow(), told.startNanos());
            Row known = byKey.get(key);
            if (known != null) {
                known.counts = told.counts();
                continue;
            }
            Row row = new Row(key, told.queuePair(), now - age, told.counts());
            rows.addLast(row);
            byKey.put(key, row);
        }
        forget(now);
    }

    private void forget(long now) {
        for (Row oldest = rows.peekFirst();
                oldest != null && (now - oldest.start > rememberedNanos || rows.size() > MOST);
                oldest = rows.peekFirst()) {
            rows.removeFirst();
            byKey.remove(oldest.key);
        }
    }

    /** From the one that was told last. */
    Iterator<Row> newestFirst() {
        return rows.descendingIterator();
    }

    int size() {
        return rows.size();
    }
}
