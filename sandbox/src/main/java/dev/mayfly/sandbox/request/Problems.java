package dev.mayfly.sandbox.request;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one request; only the first of very many are kept. */
final class Problems {
    private static final int SHOWN = 20;

    /**
     * @param path JSON path of the place
     * @param beyondSchema true when the published schema cannot express the rule
     */
    record Problem(String path, String what, String fix, boolean beyondSchema) {
        @Override
        public String toString() {
            return path + ": " + what;
        }
    }

    private final List<Problem> found = new ArrayList<>();

    void add(String path, String what, String fix) {
        found.add(new Problem(path, what, fix, false));
    }

    /** For rules that a schema cannot say: sums, lengths in bytes, normal forms, the grammar of rules. */
    void addBeyondSchema(String path, String what, String fix) {
        found.add(new Problem(path, what, fix, true));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    boolean onlyBeyondSchema() {
        return found.stream().allMatch(Problem::beyondSchema);
    }

    String why() {
        StringBuilder text = new StringBuilder();
        for (Problem problem : found.subList(0, Math.min(found.size(), SHOWN))) {
            text.append(text.isEmpty() ? "" : "\n     ").append(problem);
        }
        if (found.size() > SHOWN) {
            text.append("\n     and ").append(found.size() - SHOWN).append(" more");
        }
        return text.toString();
    }

    String fix() {
        StringBuilder text = new StringBuilder();
        for (String fix :
                found.stream().map(Problem::fix).distinct().limit(SHOWN).toList()) {
            text.append(text.isEmpty() ? "" : "\n     ").append(fix);
        }
        return text.toString();
    }
}
