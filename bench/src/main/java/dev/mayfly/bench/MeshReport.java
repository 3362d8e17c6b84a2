package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a run of {@code bench mesh} found. Rates are by processor time unless they say otherwise. */
record MeshReport(
        Machine machine,
        String loadBefore,
        String loadAfter,
        List<Series> series,
        List<Reading> readings,
        List<NotRun> notRun)
        implements Findings {
    /** 64 MiB. */
    private static final double MOST_MEGABYTES = 67.1;

    MeshReport {
        series = List.copyOf(series);
        readings = List.copyOf(readings);
        notRun = List.copyOf(notRun);
    }

    List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        reading("soft_sent")
                .ifPresent(it -> figures.add(Figure.atLeast("soft_sent", it.name(), it.middle(), "/s", 200_000)));
        reading("soft_both")
                .ifPresent(it -> figures.add(Figure.atLeast("soft_both", it.name(), it.middle(), "/s", 200_000)));
        reading("soft_both")
                .ifPresent(it -> reading("raw_both")
                        .ifPresent(raw -> figures.add(Figure.atLeast(
                                "soft_of_raw",
                                "likewise, of what the kernel alone does",
                                it.middle() / raw.middle(),
                                "x",
                                0.5))));
        reading("ingest_two")
                .ifPresent(it -> figures.add(Figure.atLeast("ingest_two", it.name(), it.middle(), "/s", 1_100_000)));
        reading("agent_core")
                .ifPresent(it -> figures.add(Figure.atMost("agent_core", it.name(), it.middle(), "%", 0.5)));
        reading("agent_memory")
                .ifPresent(it -> figures.add(Figure.atMost(
                        "agent_memory", "an agent with 8 cards: resident", it.middle(), "MB", MOST_MEGABYTES)));
        series.stream()
                .filter(each -> each.id().equals("mayfly_judge"))
                .forEach(each ->
                        figures.add(Figure.atMost("judge_p99", each.name() + ", P99", each.millis(99), "ms", 100)));
        return figures;
    }

    private Optional<Reading> reading(String id) {
        return readings.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    @Override
    public JsonObject json() {
        return JsonObject.of()
                .with("benchmark", "mesh")
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("series", Report.array(series.stream().map(Numbers::json).toList()))
                .with(
                        "readings",
                        Report.array(readings.stream().map(Reading::json).toList()))
                .with(
                        "figures",
                        Report.array(figures().stream().map(Figure::json).toList()))
                .with("not_run", Report.array(notRun.stream().map(NotRun::json).toList()));
    }

    @Override
    public String text() {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("mayfly bench mesh%n");
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        Reading.table(out, readings);
        for (Series each : series) {
            out.format(
                    "%n%s, of one core: P50 %.1f ms, P99 %.1f ms, max %.1f ms, %d times%n",
                    each.name(), each.p50(), each.millis(99), each.max(), each.count());
        }
        Figure.table(out, figures());
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }
}
