package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All that one run of a benchmark found, as JSON and as text. */
record Report(
        String benchmark,
        Machine machine,
        String loadBefore,
        String loadAfter,
        List<Series> series,
        Optional<SustainedLoad> sustained,
        Optional<KillTree> killTree,
        Optional<Flood> flood,
        List<Figure> figures,
        List<NotRun> notRun)
        implements Findings {
    /** What other times are compared with. */
    private static final String REFERENCE = "bwrap";

    @Override
    public JsonObject json() {
        JsonObject json = JsonObject.of()
                .with("benchmark", benchmark)
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("series", array(series.stream().map(this::json).toList()));
        if (sustained.isPresent()) {
            json = json.with("sustained", sustained.get().json());
        }
        if (killTree.isPresent()) {
            json = json.with("kill_tree", killTree.get().json());
        }
        if (flood.isPresent()) {
            json = json.with("flood", flood.get().json());
        }
        return json.with("figures", array(figures.stream().map(Figure::json).toList()))
                .with("not_run", array(notRun.stream().map(NotRun::json).toList()));
    }

    static JsonArray array(List<JsonObject> items) {
        return new JsonArray(List.<JsonValue>copyOf(items));
    }

    private JsonObject json(Series each) {
        JsonObject json = Numbers.json(each);
        double reference = reference();
        return reference > 0 ? json.with("p50_to_" + REFERENCE, Numbers.json(each.p50() / reference)) : json;
    }

    private double reference() {
        return series.stream()
                .filter(each -> each.id().equals(REFERENCE))
                .mapToDouble(Series::p50)
                .findFirst()
                .orElse(0);
    }

    @Override
    public String text() {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("mayfly bench %s%n", benchmark);
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        if (!series.isEmpty()) {
            table(out);
        }
        sustained.ifPresent(load -> tell(out, load));
        killTree.ifPresent(kill -> tell(out, kill));
        flood.ifPresent(all -> out.format(
                "%n%d MB of output in %.1f s: service %.1f MB before, %.1f MB at most%n",
                all.megabytes(), all.seconds(), all.idleMegabytes(), all.mostMegabytes()));
        Figure.table(out, figures);
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }

    private void table(Formatter out) {
        double reference = reference();
        out.format("%n%-46s %6s %9s %9s %9s %9s %8s%n", "", "runs", "P50 ms", "P95 ms", "P99 ms", "max ms", "x bwrap");
        for (Series each : series) {
            String ratio = reference > 0 ? String.format(Locale.ROOT, "%.2f", each.p50() / reference) : "-";
            out.format(
                    "%-46s %6d %9.2f %9.2f %9.2f %9.2f %8s%n",
                    each.name(), each.count(), each.p50(), each.millis(95), each.millis(99), each.max(), ratio);
        }
    }

    private static void tell(Formatter out, SustainedLoad load) {
        out.format(
                "%nsustained %.0f s by %d clients: %d jobs, %.0f jobs/s, P50 %.1f ms, P99 %.1f ms, max %.0f ms%n",
                load.seconds(),
                load.clients(),
                load.latency().count(),
                load.jobsPerSecond(),
                load.latency().p50(),
                load.latency().millis(99),
                load.latency().max());
        out.format(
                "  service memory: %.1f MB at start, %.1f MB at end, %.1f MB at most, %+.1f MB from the second third to"
                        + " the last%n",
                load.startMegabytes(), load.endMegabytes(), load.mostMegabytes(), load.growthMegabytes());
    }

    private static void tell(Formatter out, KillTree kill) {
        out.format(
                "%n%d hostile daemons (%d processes seen at once, %d times): kill to no process P50 %.1f ms, max %.1f ms;"
                        + " deadline to end of run P50 %.1f ms, max %.1f ms%n",
                kill.daemons(),
                kill.mostProcesses(),
                kill.killed().count(),
                kill.killed().p50(),
                kill.killed().max(),
                kill.beyondDeadline().p50(),
                kill.beyondDeadline().max());
    }
}
