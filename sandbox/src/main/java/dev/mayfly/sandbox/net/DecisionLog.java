package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.NetDecision;
import dev.mayfly.sandbox.box.NetEvidence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Every decision of one run, counted by what was asked and answered; bounded, since the job chooses the subjects. */
final class DecisionLog {
    /** Against the grant. */
    static final String RULE_DEFAULT = "net.default";
    /** The machine's own address, and no rule names just that one. */
    static final String RULE_OWN_ADDRESS = "net.own-address";
    /** Within the grant but beyond its bounds. */
    static final String RULE_CAPS = "net.caps";

    private static final int DISTINCT = 512;
    private static final String OTHERS = "(more destinations)";

    private record Key(String subject, String rule, String reason) {
        boolean allowed() {
            return rule.isEmpty();
        }
    }

    /** Counts of one decision; the bytes are added by copying threads. */
    static final class Tally {
        private long count;
        private final LongAdder bytes = new LongAdder();

        void carried(long more) {
            bytes.add(more);
        }
    }

    private final Map<Key, Tally> tallies = new HashMap<>();

    Tally allowed(String subject, String reason) {
        return add(new Key(subject, "", reason), 1);
    }

    void denied(String rule, String subject, String reason) {
        add(new Key(subject, rule, reason), 1);
    }

    void denied(String rule, String subject, String reason, long count) {
        add(new Key(subject, rule, reason), count);
    }

    private synchronized Tally add(Key key, long count) {
        Tally tally = tallies.get(key);
        if (tally == null) {
            Key kept = tallies.size() < DISTINCT ? key : new Key(OTHERS, key.rule(), "too many to list");
            tally = tallies.computeIfAbsent(kept, _ -> new Tally());
        }
        tally.count += count;
        return tally;
    }

    synchronized NetEvidence evidence() {
        if (tallies.isEmpty()) {
            return NetEvidence.NOTHING;
        }
        List<NetDecision> decisions = new ArrayList<>();
        Map<List<String>, Long> denied = new TreeMap<>(
                Comparator.<List<String>, String>comparing(List::getFirst).thenComparing(List::getLast));
        tallies.forEach((key, tally) -> {
            decisions.add(new NetDecision(key.subject(), key.allowed(), key.reason(), tally.count, tally.bytes.sum()));
            if (!key.allowed()) {
                denied.merge(List.of(key.rule(), key.subject()), tally.count, Long::sum);
            }
        });
        decisions.sort(Comparator.comparing(NetDecision::subject)
                .thenComparing(NetDecision::allowed)
                .thenComparing(NetDecision::reason));
        List<Violation> violations = new ArrayList<>();
        denied.forEach((what, count) -> violations.add(new Violation(what.getFirst(), what.getLast(), count)));
        return new NetEvidence(violations, decisions);
    }
}
