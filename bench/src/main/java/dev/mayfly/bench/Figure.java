package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Formatter;
import java.util.List;
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

    JsonObject json() {
        return JsonObject.of()
                .with("id", id)
                .with("name", name)
                .with("measured", Numbers.json(measured))
                .with("unit", unit)
                .with("target", wanted())
                .with("met", met());
    }

    /** Nothing when there are none. */
    static void table(Formatter out, List<Figure> figures) {
        if (figures.isEmpty()) {
            return;
        }
        out.format("%n%-58s %10s %-6s %9s  %s%n", "figure", "measured", "", "target", "");
        for (Figure each : figures) {
            out.format(
                    "%-58s %10s %-6s %9s  %s%n",
                    each.name, number(each.measured), each.unit, each.wanted(), each.met() ? "met" : "not met");
        }
    }
}
