package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What a run of {@code bench env} found.
 *
 * @param tree what was measured, and on which file system
 * @param times of what takes milliseconds
 * @param calls what calls cost in each front end
 * @param readings everything that is no time
 */
record EnvReport(
        Machine machine,
        String loadBefore,
        String loadAfter,
        String tree,
        List<Timed> times,
        List<CallTimes> calls,
        List<Reading> readings,
        List<NotRun> notRun)
        implements Findings {
    EnvReport {
        times = List.copyOf(times);
        calls = List.copyOf(calls);
        readings = List.copyOf(readings);
        notRun = List.copyOf(notRun);
    }

    @Override
    public List<Series> series() {
        return times.stream().map(Timed::wall).toList();
    }

    List<Figure> figures() {
        return EnvTargets.figures(series(), readings, calls);
    }

    @Override
    public JsonObject json() {
        return JsonObject.of()
                .with("benchmark", "env")
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("tree", tree)
                .with("series", Report.array(times.stream().map(Timed::json).toList()))
                .with(
                        "calls",
                        Report.array(calls.stream()
                                .flatMap(each -> each.json().stream())
                                .toList()))
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
        out.format("mayfly bench env%n");
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        out.format("tree: %s%n", tree);
        table(out);
        CallTimes.table(out, calls);
        Reading.table(out, readings);
        Figure.table(out, figures());
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }

    private void table(Formatter out) {
        if (times.isEmpty()) {
            return;
        }
        out.format("%n%-66s %6s %9s %9s %9s %9s%n", "", "times", "P50 ms", "P99 ms", "max ms", "processor");
        for (Timed each : times) {
            Series wall = each.wall();
            out.format(
                    "%-66s %6d %9.2f %9.2f %9.2f %9.2f%n",
                    wall.name(),
                    wall.count(),
                    wall.p50(),
                    wall.millis(99),
                    wall.max(),
                    each.processor().p50());
        }
    }
}
