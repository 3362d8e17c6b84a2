package dev.mayfly.bench;

import java.util.Locale;

/**
 * A measured number beside what it should be.
 *
 * @param atLeast true when more is better
 */
record Figure(String id, String name, double measured, String unit, double target, boolean atLeast) {
    static Figure atMost(String id, String name, double measured, String unit, double target) {
        return new Figure(id, name, measured, unit, target, false);
    }

    static Figure atLeast(String id, String name, double measured, String unit, double target) {
        return new Figure(id, name, measured, unit, target, true);
    }

    boolean met() {
        return atLeast ? measured >= target : measured <= target;
    }

    String wanted() {
        return (atLeast ? ">= " : "<= ") + number(target);
    }

    static String number(double value) {
        String format = value >= 100 || value == Math.rint(value) ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
