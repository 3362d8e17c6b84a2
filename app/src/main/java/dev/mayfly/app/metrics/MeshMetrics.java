package dev.mayfly.app.metrics;

import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.controller.Totals;
import dev.mayfly.mesh.controller.Totals.Pair;
import dev.mayfly.mesh.controller.Totals.Pairs;
import dev.mayfly.mesh.judge.Blame;
import dev.mayfly.mesh.judge.Incident;
import dev.mayfly.mesh.otlp.Metric;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What a controller of the mesh knows, as metrics. Series are by pairs of switches, of which the controller tells no more than
 * a fixed number apart, and never by card or path. Names that begin with {@code rpingmesh} are those of the open-source
 * R-Pingmesh agents.
 */
public final class MeshMetrics implements AutoCloseable {
    /** Nanoseconds; those of the agents whose names these are. */
    private static final List<Long> BOUNDS = List.of(
            100L,
            200L,
            500L,
            1_000L,
            2_000L,
            5_000L,
            10_000L,
            20_000L,
            50_000L,
            100_000L,
            200_000L,
            500_000L,
            1_000_000L,
            2_000_000L,
            5_000_000L,
            10_000_000L);

    private final Optional<MetricsServer> server;

    private MeshMetrics(Optional<MetricsServer> server) {
        this.server = server;
    }

    /**
     * Serves them at an address.
     *
     * @param at empty for nowhere
     * @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED}
     */
    public static MeshMetrics of(Controller controller, Optional<Listen.At> at, Log log) {
        return new MeshMetrics(at.map(place -> MetricsServer.open(place, readings(controller), log)));
    }

    private static Readings readings(Controller controller) {
        Texts texts = new Texts();
        return new Readings() {
            @Override
            public Exposition.Page page(String accept) {
                return texts.page(accept, scrape(controller));
            }

            @Override
            public Health health() {
                return Health.OK;
            }
        };
    }

    /** The same for who pushes them. */
    public static List<Metric> now(Controller controller) {
        return PushedMetrics.of(scrape(controller));
    }

    public Optional<String> url() {
        return server.map(MetricsServer::url);
    }

    private static Labels labels(Pair pair) {
        return Labels.of("source_tor", pair.fromTor(), "target_tor", pair.toTor());
    }

    static MetricSnapshots scrape(Controller controller) {
        Totals totals = controller.totals();
        List<Incident> incidents =
                controller.health(new HealthQuestion.Everything()).incidents();
        return new MetricSnapshots(
                counter("rpingmesh_probe", "Probes by pairs of switches.", totals, MeshMetrics::all),
                counter(
                        "rpingmesh_probe_success",
                        "Probes that were answered.",
                        totals,
                        pair -> count(pair, Verdict.OK) + count(pair, Verdict.LATE)),
                failed(totals),
                histogram("rpingmesh_network_rtt_ns", "Time on the wire, there and back.", totals, Pairs::network),
                histogram("rpingmesh_responder_delay_ns", "Time in the probed host.", totals, Pairs::responder),
                histogram("rpingmesh_prober_delay_ns", "Time in the probing host.", totals, Pairs::prober),
                incidents(incidents),
                gauge("mayfly_mesh_agents", "Agents that are registered.", totals.agents()),
                gauge("mayfly_mesh_cards", "Cards that are registered.", totals.cards()),
                gauge(
                        "mayfly_mesh_service_flows",
                        "Flows of services that agents see now, each probed on its own path.",
                        totals.services()),
                gauge(
                        "mayfly_mesh_unrouted_connections",
                        "Connections of services that no probe shares a path with.",
                        (double) totals.unrouted()),
                gauge(
                        "mayfly_mesh_missing_service_ports",
                        "Source ports of services that agents cannot have, so that their paths are not probed.",
                        (double) totals.portsMissing()),
                plain(
                        "mayfly_mesh_missed_service_events",
                        "Events of services that came too fast for an agent to see.",
                        (double) totals.missed()),
                gauge(
                        "mayfly_mesh_slowest_pace",
                        "The smallest share of its rate that an agent allows itself.",
                        totals.slowest()),
                gauge("mayfly_mesh_judgment_seconds", "How long the last judgment took.", totals.lastJudgmentSeconds()),
                gauge(
                        "mayfly_mesh_shortfalls",
                        "What the certificate of coverage lacks.",
                        controller.coverage().shortfalls().size()),
                plain("mayfly_mesh_reports", "Reports of agents.", (double) totals.reports()),
                plain("mayfly_mesh_judgments", "How often it was judged.", (double) totals.localizations()),
                plain("mayfly_mesh_dropped_rows", "Rows that agents had no room for.", (double) totals.dropped()));
    }

    private static long all(Pairs pair) {
        return pair.verdicts().values().stream().mapToLong(Long::longValue).sum();
    }

    private static long count(Pairs pair, Verdict verdict) {
        return pair.verdicts().getOrDefault(verdict, 0L);
    }

    private static CounterSnapshot counter(String name, String help, Totals totals, ToLongFunction<Pairs> count) {
        var out = CounterSnapshot.builder().name(name).help(help);
        totals.pairs()
                .forEach((pair, counts) -> out.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels(pair))
                        .value((double) count.applyAsLong(counts))
                        .build()));
        return out.build();
    }

    private static CounterSnapshot failed(Totals totals) {
        Map<String, ToLongFunction<Pairs>> reasons = Map.of(
                "timeout", pair -> count(pair, Verdict.LOST),
                "ack1_only", pair -> count(pair, Verdict.ACK1_ONLY),
                "corrupt", pair -> count(pair, Verdict.CORRUPT),
                "send_error", pair -> count(pair, Verdict.SEND_ERROR),
                "invalid_rtt", pair -> count(pair, Verdict.INVALID));
        var out = CounterSnapshot.builder().name("rpingmesh_probe_failed").help("Probes without a good answer.");
        totals.pairs()
                .forEach((pair, counts) ->
                        reasons.forEach((reason, count) -> out.dataPoint(CounterDataPointSnapshot.builder()
                                .labels(labels(pair).merge(Labels.of("reason", reason)))
                                .value((double) count.applyAsLong(counts))
                                .build())));
        return out.build();
    }

    private static HistogramSnapshot histogram(
            String name, String help, Totals totals, Function<Pairs, Sketch> lengths) {
        var out = HistogramSnapshot.builder().name(name).help(help);
        totals.pairs().forEach((pair, counts) -> {
            Sketch sketch = lengths.apply(counts);
            var buckets = ClassicHistogramBuckets.builder();
            long below = 0;
            for (long bound : BOUNDS) {
                long upTo = sketch.countUpTo(bound);
                buckets.bucket((double) bound, upTo - below);
                below = upTo;
            }
            buckets.bucket(Double.POSITIVE_INFINITY, sketch.count() - below);
            out.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(labels(pair))
                    .classicHistogramBuckets(buckets.build())
                    .sum(sketch.sum())
                    .build());
        });
        return out.build();
    }

    private static GaugeSnapshot incidents(List<Incident> incidents) {
        var out = GaugeSnapshot.builder().name("mayfly_mesh_incidents").help("Open incidents.");
        for (Blame.Fault fault : Blame.Fault.values()) {
            for (Incident.Priority priority : Incident.Priority.values()) {
                out.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("fault", fault.word(), "priority", priority.name()))
                        .value((double) incidents.stream()
                                .filter(each -> each.fault() == fault && each.priority() == priority)
                                .count())
                        .build());
            }
        }
        return out.build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static CounterSnapshot plain(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build();
    }

    @Override
    public void close() {
        server.ifPresent(MetricsServer::close);
    }
}
