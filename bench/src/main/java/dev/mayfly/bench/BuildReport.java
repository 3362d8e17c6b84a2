package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What a run of {@code bench build} found.
 *
 * @param what was built
 */
record BuildReport(
        Machine machine,
        String loadBefore,
        String loadAfter,
        String what,
        List<Series> series,
        List<Reading> readings,
        List<NotRun> notRun)
        implements Findings {
    BuildReport {
        series = List.copyOf(series);
        readings = List.copyOf(readings);
        notRun = List.copyOf(notRun);
    }

    @Override
    public JsonObject json() {
        return JsonObject.of()
                .with("benchmark", "build")
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("built", what)
                .with(
                        "readings",
                        Report.array(readings.stream().map(Reading::json).toList()))
                .with("not_run", Report.array(notRun.stream().map(NotRun::json).toList()));
    }

    @Override
    public String text() {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("mayfly bench build%n");
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        out.format("built: %s%n", what);
        Reading.table(out, readings);
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }
}
