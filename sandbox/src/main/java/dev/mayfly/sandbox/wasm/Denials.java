package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.api.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What a run tried and did not get, counted; bounded, because the program chooses the subjects. */
final class Denials {
    private static final int MAX_SUBJECTS = 200;
    private static final int MAX_SUBJECT_CHARS = 300;

    private record Key(String rule, String subject) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byRule = rule.compareTo(other.rule);
            return byRule != 0 ? byRule : subject.compareTo(other.subject);
        }
    }

    private final TreeMap<Key, Long> counts = new TreeMap<>();

    void add(String rule, String subject) {
        String shown = subject.length() > MAX_SUBJECT_CHARS ? subject.substring(0, MAX_SUBJECT_CHARS) + "..." : subject;
        Key key = new Key(rule, shown);
        if (counts.size() >= MAX_SUBJECTS && !counts.containsKey(key)) {
            key = new Key(rule, "(further subjects)");
        }
        counts.merge(key, 1L, Long::sum);
    }

    List<Violation> sorted() {
        List<Violation> violations = new ArrayList<>();
        counts.forEach((key, count) -> violations.add(new Violation(key.rule(), key.subject(), count)));
        return violations;
    }
}
