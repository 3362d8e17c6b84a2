package dev.mayfly.sandbox.policy;

import dev.mayfly.sandbox.api.Verdict;

/**
 * Where a score changes colour: green up to and with {@code greenMax}, red from {@code redMin}, yellow between.
 * Without gap or overlap by construction.
 */
public record Thresholds(int greenMax, int redMin) {
    public static final Thresholds DEFAULT = new Thresholds(20, 61);

    public Thresholds {
        if (greenMax < 0 || redMin <= greenMax) {
            throw new IllegalArgumentException("green ends at " + greenMax + ", red starts at " + redMin);
        }
    }

    public Verdict verdict(int score) {
        if (score <= greenMax) {
            return Verdict.GREEN;
        }
        return score >= redMin ? Verdict.RED : Verdict.YELLOW;
    }
}
