package dev.mayfly.bench;

import dev.mayfly.bench.CallTimes.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What environments promise, beside what was measured. A figure whose parts were not run is left out. */
final class EnvTargets {
    private static final String A = "mayfly_erofs";
    private static final String B = "mayfly_fuse";
    private static final String NATIVE = "native";

    private final List<Series> series;
    private final List<Reading> readings;
    private final List<CallTimes> calls;
    private final List<Figure> figures = new ArrayList<>();

    private EnvTargets(List<Series> series, List<Reading> readings, List<CallTimes> calls) {
        this.series = series;
        this.readings = readings;
        this.calls = calls;
    }

    static List<Figure> figures(List<Series> series, List<Reading> readings, List<CallTimes> calls) {
        EnvTargets targets = new EnvTargets(series, readings, calls);
        targets.mounts();
        targets.frontEndA();
        targets.frontEndB();
        targets.commits();
        targets.most("router_hit_share", "router: questions answered from a pin", 99.9, true);
        targets.most("router_nanos", "router: one such answer", 200, false);
        targets.most("router_wrong", "router: answers with the view of another tree", 0, false);
        targets.most("live_mayfly_erofs", "A: live views, memory of all processes", 512, false);
        targets.most("live_mayfly_fuse", "B: live views, memory of all processes", 512, false);
        return List.copyOf(targets.figures);
    }

    private void mounts() {
        time("mayfly_again", 50, "stack to usable mount, image cached, P50", 3);
        time("mayfly_again", 99, "stack to usable mount, image cached, P99", 8);
        time("mayfly_first", 50, "the same for the first time, P50", 300);
        time("mayfly_add", 50, "the same with a layer of 100 files more, P50", 20);
        series("mayfly_again_small")
                .ifPresent(small -> series("mayfly_again_large")
                        .ifPresent(large -> figures.add(Figure.atMost(
                                "scale",
                                "mount of the largest view to a small one, P50",
                                large.p50() / small.p50(),
                                "x",
                                1.2))));
        above("mayfly_run_cold", "bare_cold", "env run, cold, above fork and exec, P50", 60);
        above("mayfly_run_warm", "bare", "env run in a warm program, above fork and exec, P50", 10);
    }

    private void frontEndA() {
        times(A).ifPresent(ours -> times(NATIVE).ifPresent(anchor -> {
            inverse(ours, anchor, Call.OPEN, "A: open+close to native", 1);
            inverse(ours, anchor, Call.STAT, "A: stat to native", 1);
            ratio(ours, anchor, Call.READ, "A: reading small files, warm, to native", 1.1);
            ratio(ours, anchor, Call.COLD_READ, "A: reading all, cold, to native", 1.5);
            ratio(ours, anchor, Call.COLD_WALK, "A: walking, cold, to native", 2.5);
        }));
    }

    private void frontEndB() {
        times(B).ifPresent(ours -> {
            value(ours, Call.OPEN, "B: open+close", 4.5);
            value(ours, Call.STAT, "B: stat", 2.4);
            times(NATIVE)
                    .ifPresent(
                            anchor -> ratio(ours, anchor, Call.READ, "B: reading small files, warm, to native", 0.85));
        });
        most("mayfly_fuse_allocated", "B: allocated for each request", 0, false);
    }

    private void commits() {
        most("mayfly_small", "durable commit of new files of 4 kB", 14_000, true);
        most("mayfly_large", "durable commit of a large file", 1, true);
        time("mayfly_noop", 50, "commit of nothing on the whole tree, P50", 50);
    }

    private Optional<Series> series(String id) {
        return series.stream()
                .filter(each -> each.id().equals(id) && each.count() > 0)
                .findFirst();
    }

    private Optional<CallTimes> times(String id) {
        return calls.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    private void time(String id, double percentile, String name, double target) {
        series(id)
                .ifPresent(found -> figures.add(Figure.atMost(
                        id + "_p" + Math.round(percentile), name, found.millis(percentile), "ms", target)));
    }

    private void above(String id, String below, String name, double target) {
        series(id)
                .ifPresent(found -> series(below)
                        .ifPresent(bare -> figures.add(
                                Figure.atMost(id + "_above", name, found.p50() - bare.p50(), "ms", target))));
    }

    private void most(String id, String name, double target, boolean atLeast) {
        readings.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .ifPresent(found -> figures.add(new Figure(id, name, found.middle(), found.unit(), target, atLeast)));
    }

    private void value(CallTimes ours, Call call, String name, double target) {
        if (ours.has(call)) {
            figures.add(Figure.atMost(id(ours, call), name, ours.middle(call), "us", target));
        }
    }

    /** At least so many times better than the anchor. */
    private void ratio(CallTimes ours, CallTimes anchor, Call call, String name, double target) {
        if (ours.has(call) && anchor.has(call)) {
            figures.add(Figure.atLeast(id(ours, call), name, ours.timesBetterThan(anchor, call), "x", target));
        }
    }

    /** At most so many times the anchor's time. */
    private void inverse(CallTimes ours, CallTimes anchor, Call call, String name, double target) {
        if (ours.has(call) && anchor.has(call)) {
            figures.add(Figure.atMost(id(ours, call), name, 1 / ours.timesBetterThan(anchor, call), "x", target));
        }
    }

    private static String id(CallTimes ours, Call call) {
        return ours.id() + "_" + call.name().toLowerCase(java.util.Locale.ROOT);
    }
}
