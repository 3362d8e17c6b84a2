package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run of {@code bench queue} found.
 *
 * @param loads sustained, one for each engine that was there
 * @param rates what those engines stand on can do
 */
record QueueReport(
        Machine machine,
        String loadBefore,
        String loadAfter,
        List<Series> series,
        List<Load> loads,
        List<RawRate> rates,
        List<NotRun> notRun)
        implements Findings {
    private static final double MOST_P50_MILLIS = 8;
    private static final double MOST_DUPLICATE_P50_MILLIS = 3;
    private static final double LEAST_JOBS_PER_SECOND = 400;
    private static final double FLAT_MEGABYTES = 8;

    /** @param limits ids of the rates that it is given beside */
    record Load(String engine, List<String> limits, SustainedLoad sustained) {}

    List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        for (String engine : List.of(QueueBench.EMBEDDED, QueueBench.NATS)) {
            find("mayfly_" + engine)
                    .ifPresent(found -> figures.add(Figure.atMost(
                            engine + "_p50",
                            engine + ": submit to durable result, P50",
                            found.p50(),
                            "ms",
                            MOST_P50_MILLIS)));
            find("mayfly_" + engine + "_again")
                    .ifPresent(found -> figures.add(Figure.atMost(
                            engine + "_again_p50",
                            engine + ": duplicate answered, P50",
                            found.p50(),
                            "ms",
                            MOST_DUPLICATE_P50_MILLIS)));
            loads.stream().filter(load -> load.engine().equals(engine)).forEach(load -> {
                figures.add(Figure.atLeast(
                        engine + "_jobs_per_second",
                        String.format(
                                Locale.ROOT,
                                "%s: sustained for %.0f s",
                                engine,
                                load.sustained().seconds()),
                        load.sustained().jobsPerSecond(),
                        "jobs/s",
                        LEAST_JOBS_PER_SECOND));
                figures.add(Figure.atMost(
                        engine + "_memory_growth",
                        engine + ": memory growth of the service in the last third",
                        load.sustained().growthMegabytes(),
                        "MB",
                        FLAT_MEGABYTES));
            });
        }
        return List.copyOf(figures);
    }

    private Optional<Series> find(String id) {
        return series.stream()
                .filter(each -> each.id().equals(id) && each.count() > 0)
                .findFirst();
    }

    private List<RawRate> limits(Load load) {
        return rates.stream()
                .filter(rate -> load.limits().contains(rate.id()) && rate.perSecond() > 0)
                .toList();
    }

    @Override
    public JsonObject json() {
        return JsonObject.of()
                .with("benchmark", "queue")
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("machine", machine.json())
                .with("load_average_before", loadBefore)
                .with("load_average_after", loadAfter)
                .with("series", Report.array(series.stream().map(Numbers::json).toList()))
                .with("sustained", Report.array(loads.stream().map(this::json).toList()))
                .with("rates", Report.array(rates.stream().map(RawRate::json).toList()))
                .with(
                        "figures",
                        Report.array(figures().stream().map(Figure::json).toList()))
                .with("not_run", Report.array(notRun.stream().map(NotRun::json).toList()));
    }

    private JsonObject json(Load load) {
        JsonObject shares = JsonObject.of();
        for (RawRate limit : limits(load)) {
            shares = shares.with(limit.id(), Numbers.json(load.sustained().jobsPerSecond() / limit.perSecond()));
        }
        return load.sustained().json().with("engine", load.engine()).with("of_limits", shares);
    }

    @Override
    public String text() {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("mayfly bench queue%n");
        out.format("machine: %s%n", machine.line());
        out.format("load average: %s before, %s after%n", loadBefore, loadAfter);
        out.format("%n%-58s %6s %9s %9s %9s %9s%n", "one at a time", "times", "P50 ms", "P95 ms", "P99 ms", "max ms");
        for (Series each : series) {
            out.format(
                    "%-58s %6d %9.2f %9.2f %9.2f %9.2f%n",
                    each.name(), each.count(), each.p50(), each.millis(95), each.millis(99), each.max());
        }
        out.format("%n%-58s %8s %10s%n", "as often as it goes", "clients", "/s");
        for (RawRate each : rates) {
            out.format("%-58s %8d %10.0f%n", each.name(), each.clients(), each.perSecond());
        }
        loads.forEach(load -> tell(out, load));
        Figure.table(out, figures());
        for (NotRun each : notRun) {
            out.format("not run here: %s: %s%n", each.name(), each.why());
        }
        return out.toString().replaceAll(" +\n", "\n").stripTrailing();
    }

    private void tell(Formatter out, Load load) {
        SustainedLoad sustained = load.sustained();
        out.format(
                "%n%s, sustained %.0f s by %d clients: %d jobs, %.0f jobs/s, P50 %.1f ms, P99 %.1f ms, max %.0f ms%n",
                load.engine(),
                sustained.seconds(),
                sustained.clients(),
                sustained.latency().count(),
                sustained.jobsPerSecond(),
                sustained.latency().p50(),
                sustained.latency().millis(99),
                sustained.latency().max());
        for (RawRate limit : limits(load)) {
            out.format("  %.3f of %s%n", sustained.jobsPerSecond() / limit.perSecond(), limit.name());
        }
        out.format(
                "  service memory: %.1f MB at start, %.1f MB at end, %.1f MB at most, %+.1f MB from the second third to"
                        + " the last%n",
                sustained.startMegabytes(),
                sustained.endMegabytes(),
                sustained.mostMegabytes(),
                sustained.growthMegabytes());
    }
}
