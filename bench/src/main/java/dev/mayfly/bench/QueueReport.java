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

    /** @param limit id of the rate that it cannot exceed */
    record Load(String engine, String limit, SustainedLoad sustained) {}

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

    /** Jobs for each time that the limit's own could be done; 0 when that was not measured. */
    private double ofLimit(Load load) {
        return rates.stream()
                .filter(rate -> rate.id().equals(load.limit()))
                .mapToDouble(rate -> load.sustained().jobsPerSecond() / rate.perSecond())
                .findFirst()
                .orElse(0);
    }

    private String name(String rate) {
        return rates.stream()
                .filter(each -> each.id().equals(rate))
                .map(RawRate::name)
                .findFirst()
                .orElse(rate);
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
        JsonObject json = load.sustained().json().with("engine", load.engine());
        double share = ofLimit(load);
        return share > 0 ? json.with("limit", load.limit()).with("of_limit", Numbers.json(share)) : json;
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
        double share = ofLimit(load);
        if (share > 0) {
            out.format("  %.2f jobs for each of %s%n", share, name(load.limit()));
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
