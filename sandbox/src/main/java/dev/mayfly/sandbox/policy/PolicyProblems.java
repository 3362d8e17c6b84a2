package dev.mayfly.sandbox.policy;

import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with one policy, in the order of its lines. */
final class PolicyProblems {
    private static final int SHOWN = 30;
    /** A problem may repeat what the policy says, and that may be a megabyte. */
    private static final int LONGEST = 1000;

    private record Problem(int line, String text) {}

    private final List<Problem> found = new ArrayList<>();

    void add(int line, String text) {
        boolean fits = text.length() <= LONGEST;
        found.add(new Problem(line, fits ? text : text.substring(0, LONGEST) + "…"));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    String text() {
        List<String> lines = found.stream()
                .sorted((a, b) -> Integer.compare(a.line, b.line))
                .map(problem -> (problem.line > 0 ? "line " + problem.line + ": " : "") + problem.text)
                .distinct()
                .limit(SHOWN)
                .toList();
        String more = found.size() > SHOWN ? "\n     and " + (found.size() - SHOWN) + " more" : "";
        return String.join("\n     ", lines) + more;
    }
}
