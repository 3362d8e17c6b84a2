package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.platform.linux.BulkCalls.Took;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What calls on the files of one front end cost, by round. */
final class CallTimes {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MEGABYTE = 1e6;

    /** In the unit that readers know; all but the cold ones are told in processor time, which other load hardly moves. */
    enum Call {
        STAT("stat", "us"),
        OPEN("open+close", "us"),
        READ("read a file", "us"),
        WALK("walk", "entries/s"),
        COLD_WALK("cold walk", "entries/s"),
        COLD_READ("cold read", "MB/s");

        final String title;
        final String unit;

        Call(String title, String unit) {
            this.title = title;
            this.unit = unit;
        }

        boolean isCold() {
            return this == COLD_WALK || this == COLD_READ;
        }

        boolean isTime() {
            return unit.equals("us");
        }

        private double value(Took took, long nanos) {
            return switch (this) {
                case STAT, OPEN, READ -> nanos / NANOS_PER_MICRO / took.count();
                case WALK, COLD_WALK -> took.count() / (nanos / NANOS_PER_SECOND);
                case COLD_READ -> took.bytes() / MEGABYTE / (nanos / NANOS_PER_SECOND);
            };
        }
    }

    private final String id;
    private final String name;
    private final Map<Call, List<Took>> rounds = new EnumMap<>(Call.class);

    CallTimes(String id, String name) {
        this.id = id;
        this.name = name;
    }

    String id() {
        return id;
    }

    void record(Call call, Took took) {
        rounds.computeIfAbsent(call, _ -> new ArrayList<>()).add(took);
    }

    boolean has(Call call) {
        return rounds.containsKey(call);
    }

    /** By round: processor time of the caller for what is warm, by the clock for what is cold. */
    List<Double> values(Call call) {
        return call.isCold() ? wall(call) : processor(call);
    }

    private List<Double> wall(Call call) {
        return took(call).stream()
                .map(each -> call.value(each, each.wallNanos()))
                .toList();
    }

    private List<Double> processor(Call call) {
        return took(call).stream()
                .map(each -> call.value(each, each.processorNanos()))
                .toList();
    }

    private List<Took> took(Call call) {
        return rounds.getOrDefault(call, List.of());
    }

    private static double middle(List<Double> values) {
        return Reading.middle(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double middle(Call call) {
        return middle(values(call));
    }

    /**
     * How much better than another, in the middle of the rounds: both have had their turns in the same rounds, so noise that
     * lasts longer than one falls out.
     */
    double timesBetterThan(CallTimes other, Call call) {
        List<Double> ours = values(call);
        List<Double> theirs = other.values(call);
        double[] ratios = new double[Math.min(ours.size(), theirs.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = call.isTime() ? theirs.get(i) / ours.get(i) : ours.get(i) / theirs.get(i);
        }
        return Reading.middle(ratios);
    }

    List<JsonObject> json() {
        List<JsonObject> all = new ArrayList<>();
        rounds.forEach((call, took) -> all.add(JsonObject.of()
                .with("front_end", id)
                .with("name", name)
                .with("call", call.name().toLowerCase(Locale.ROOT))
                .with("unit", call.unit)
                .with("rounds", took.size())
                .with("processor_p50", Numbers.json(middle(processor(call))))
                .with("wall_p50", Numbers.json(middle(wall(call))))));
        return all;
    }

    static void table(Formatter out, List<CallTimes> all) {
        if (all.isEmpty()) {
            return;
        }
        out.format("%n%-40s", "warm: processor (clock); cold: clock");
        for (Call call : Call.values()) {
            out.format(" %17s", call.title);
        }
        out.format("%n%-40s", "");
        for (Call call : Call.values()) {
            out.format(" %17s", call.unit);
        }
        out.format("%n");
        for (CallTimes each : all) {
            out.format("%-40s", each.name);
            for (Call call : Call.values()) {
                out.format(" %17s", each.has(call) ? each.cell(call) : "-");
            }
            out.format("%n");
        }
    }

    private String cell(Call call) {
        String wall = Figure.number(middle(wall(call)));
        return call.isCold() ? wall : Figure.number(middle(processor(call))) + " (" + wall + ")";
    }
}
