package dev.mayfly.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is promised, beside what was measured. A figure whose parts were not run is left out. */
final class Targets {
    private static final double FLAT_MEGABYTES = 8;

    private final List<Series> series;
    private final List<Figure> figures = new ArrayList<>();

    private Targets(List<Series> series) {
        this.series = series;
    }

    static List<Figure> figures(
            List<Series> series,
            Optional<SustainedLoad> sustained,
            Optional<KillTree> killTree,
            Optional<Flood> flood) {
        Targets targets = new Targets(series);
        targets.time("mayfly_native", 50, "isolated run of true, P50", 1.5);
        targets.ratio("mayfly_native", "bwrap", "isolated run of true to bubblewrap's, P50", 0.35);
        targets.time("mayfly_service", 50, "warm request to durable result, P50", 5);
        targets.time("mayfly_service", 99, "warm request to durable result, P99", 25);
        targets.ratio("mayfly_cold_service", "java", "cold exec with a service to bare java -version", 3);
        targets.ratio("mayfly_cold_alone", "java", "cold exec without a service to bare java -version", 3);
        targets.ratio("mayfly_version", "java_minimal", "--version to minimal java -version", 3.1);
        sustained.ifPresent(targets::sustained);
        killTree.filter(kill -> kill.killed().count() > 0).ifPresent(targets::kill);
        flood.ifPresent(all -> targets.figures.add(Figure.atMost(
                "flood_above_idle",
                "service memory above idle under " + all.megabytes() + " MB of output",
                all.aboveIdle(),
                "MB",
                64)));
        return List.copyOf(targets.figures);
    }

    private void sustained(SustainedLoad load) {
        String time = String.format(java.util.Locale.ROOT, "%.0f s", load.seconds());
        figures.add(
                Figure.atLeast("jobs_per_second", "jobs sustained for " + time, load.jobsPerSecond(), "jobs/s", 600));
        figures.add(Figure.atMost(
                "memory_growth",
                "memory growth of the service in the last third",
                load.growthMegabytes(),
                "MB",
                FLAT_MEGABYTES));
    }

    private void kill(KillTree kill) {
        String tree = ", " + kill.daemons() + " daemons, P50";
        figures.add(Figure.atMost(
                "kill_latency", "kill to no process" + tree, kill.killed().p50(), "ms", 10));
        figures.add(Figure.atMost(
                "deadline_to_zero",
                "deadline to end of run" + tree,
                kill.beyondDeadline().p50(),
                "ms",
                10));
    }

    private Optional<Series> find(String id) {
        return series.stream()
                .filter(each -> each.id().equals(id) && each.count() > 0)
                .findFirst();
    }

    private void time(String id, double percentile, String name, double target) {
        find(id).ifPresent(found -> figures.add(
                Figure.atMost(id + "_p" + Math.round(percentile), name, found.millis(percentile), "ms", target)));
    }

    private void ratio(String id, String reference, String name, double target) {
        Optional<Series> below = find(reference);
        find(id).ifPresent(found -> below.ifPresent(other ->
                figures.add(Figure.atMost(id + "_to_" + reference, name, found.p50() / other.p50(), "x", target))));
    }
}
