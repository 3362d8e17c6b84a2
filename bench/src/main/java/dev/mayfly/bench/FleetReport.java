package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What a run of {@code bench fleet} found.
 *
 * @param what was measured, and with what
 */
record FleetReport(
        Machine machine,
        String loadBefore,
        String loadAfter,
        String what,
        List<Series> series,
        List<Reading> readings,
        List<Figure> figures,
        List<NotRun> notRun)
        implements Findings {
    FleetReport {
        series = List.copyOf(series);
        readings = List.copyOf(readings);
        figures = List.copyOf(figures);
        notRun = List.copyOf(notRun);
    }

    @Override
    public JsonObject json() {
        return JsonObject.of()
                .with("benchmark", "fleet")
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("what", what)
                .with("series", Report.array(series.stream().map(Numbers::json).toList()))
                .with(
                        "readings",
                        Report.array(readings.stream().map(Reading::json).toList()))
                .with("figures", Report.array(figures.stream().map(Figure::json).toList()))
                .with("not_run", Report.array(notRun.stream().map(NotRun::json).toList()));
    }

    @Override
    public String text() {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("mayfly bench fleet%n");
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        out.format("%s%n", what);
        if (!series.isEmpty()) {
            out.format("%n%-62s %6s %9s %9s %9s %9s%n", "", "times", "P50 ms", "P95 ms", "P99 ms", "max ms");
        }
        for (Series each : series) {
            out.format(
                    "%-62s %6d %9.2f %9.2f %9.2f %9.2f%n",
                    each.name(), each.count(), each.p50(), each.millis(95), each.millis(99), each.max());
        }
        Reading.table(out, readings);
        Figure.table(out, figures);
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }
}
