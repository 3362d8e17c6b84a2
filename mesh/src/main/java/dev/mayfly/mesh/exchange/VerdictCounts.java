package dev.mayfly.mesh.exchange;

import dev.mayfly.mesh.probe.Verdict;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** How many probes came to what. */
public record VerdictCounts(Map<Verdict, Integer> counts) {
    public VerdictCounts {
        counts = Map.copyOf(counts);
        if (counts.values().stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("a count below zero");
        }
    }

    public int of(Verdict verdict) {
        return counts.getOrDefault(verdict, 0);
    }

    public int probes() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** @param counts by the order of {@link Verdict} */
    public static VerdictCounts of(int... counts) {
        Map<Verdict, Integer> named = new EnumMap<>(Verdict.class);
        Verdict[] verdicts = Verdict.values();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                named.put(verdicts[i], counts[i]);
            }
        }
        return new VerdictCounts(named);
    }

    /** By the order of {@link Verdict}. */
    public int[] inOrder() {
        return Arrays.stream(Verdict.values()).mapToInt(this::of).toArray();
    }
}
