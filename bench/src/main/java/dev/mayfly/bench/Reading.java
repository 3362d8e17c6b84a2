package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;

/** Something measured a few times, in a unit of its own; told as the one in the middle, with the least and the most. */
record Reading(String id, String name, String unit, List<Double> values) {
    Reading {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException(id + " was not measured");
        }
    }

    static Reading once(String id, String name, String unit, double value) {
        return new Reading(id, name, unit, List.of(value));
    }

    double middle() {
        return middle(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double middle(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private double least() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    private double most() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    JsonObject json() {
        return JsonObject.of()
                .with("id", id)
                .with("name", name)
                .with("unit", unit)
                .with("times", values.size())
                .with("p50", Numbers.json(middle()))
                .with("min", Numbers.json(least()))
                .with("max", Numbers.json(most()));
    }

    static void table(Formatter out, List<Reading> readings) {
        if (readings.isEmpty()) {
            return;
        }
        out.format("%n%-66s %6s %10s %10s %10s%n", "", "times", "P50", "min", "max");
        for (Reading each : readings) {
            out.format(
                    "%-66s %6d %10s %10s %10s %s%n",
                    each.name,
                    each.values.size(),
                    Figure.number(each.middle()),
                    Figure.number(each.least()),
                    Figure.number(each.most()),
                    each.unit);
        }
    }
}
