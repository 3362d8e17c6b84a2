package dev.mayfly.app.metrics;

import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.schedule.Health;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.StartTimes;
import dev.mayfly.fleet.service.FleetEvents;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Counts what a fleet's server does, under the names of shoes-vz where it has one. Safe for concurrent use; never fails.
 * Labels have few values: none has a name of a host or a runner.
 */
public final class FleetMetrics implements FleetEvents {
    /** What can be asked when somebody scrapes. */
    public interface Sight {
        List<RunnerRecord> runners();

        List<AgentView> agents();

        /** Inputs that wait for the server's thread. */
        int waiting();

        /** What the fences have refused. */
        long refused();

        boolean isOpen();
    }

    /** From a clone that shares blocks to a boot without acceleration on a busy host. */
    private static final double[] START_SECONDS = {
        0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300
    };

    private static final double[] PLACEMENT_SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1
    };

    private static final List<String> ADD_ENDINGS = List.of(
            "success", "failed_no_agent", "failed_name_taken", "failed_start", "failed_leaving", "failed_timeout");
    private static final List<String> DELETE_ENDINGS = List.of("success", "not_found", "unconfirmed");
    private static final PrometheusProperties PLAIN =
            PrometheusProperties.builder().build();

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Histogram starts;
    private final Histogram placements;
    private final Counter adds;
    private final Counter deletes;
    private volatile Optional<Sight> sight = Optional.empty();

    public FleetMetrics() {
        gauge("shoesvz_agents_online", "Agents that are connected and heard from.", FleetMetrics::online);
        GaugeWithCallback.builder(PLAIN)
                .name("shoesvz_agents_total")
                .help("Agents that are known, by whether they are heard from.")
                .labelNames("status")
                .callback(gauge -> sight.ifPresent(now -> {
                    double online = online(now);
                    gauge.call(online, "online");
                    gauge.call(now.agents().size() - online, "offline");
                }))
                .register(registry);
        GaugeWithCallback.builder(PLAIN)
                .name("shoesvz_runners_total")
                .help("Runners that are not gone, by state.")
                .labelNames("state")
                .callback(this::states)
                .register(registry);
        gauge(
                "shoesvz_capacity_total_runners",
                "Runners that the agents which are heard from can hold.",
                now -> places(now, false));
        gauge(
                "shoesvz_capacity_available_runners",
                "How many more they can hold; none on those being drained.",
                now -> places(now, true));
        starts = histogram(
                        "shoesvz_runner_startup_duration_seconds",
                        "Starts, split: clone until the machine was started, boot_to_ssh until somebody had logged in,"
                                + " total from the wish on.",
                        START_SECONDS)
                .labelNames("phase")
                .register(registry);
        adds = counter("shoesvz_add_instance_requests_total", "Wishes for runners, by what came of them.");
        deletes = counter("shoesvz_delete_instance_requests_total", "Deletions, by what came of them.");
        placements = histogram(
                        "mayfly_fleet_placement_seconds",
                        "From a wish coming in to the order sent to a host, with the write between.",
                        PLACEMENT_SECONDS)
                .register(registry);
        gauge("mayfly_fleet_inputs_waiting", "Calls and reports that wait for the server's thread.", Sight::waiting);
        CounterWithCallback.builder(PLAIN)
                .name("mayfly_fleet_fences_refused_total")
                .help("Reports, and attempts in reports, that came from the past and were refused.")
                .callback(counter -> counter.call(sight.map(Sight::refused).orElse(0L)))
                .register(registry);
        ADD_ENDINGS.forEach(adds::initLabelValues);
        DELETE_ENDINGS.forEach(deletes::initLabelValues);
    }

    /** From now on this is what gauges show. */
    public void watch(Sight now) {
        sight = Optional.of(now);
    }

    private void gauge(String name, String help, ToDoubleFunction<Sight> value) {
        GaugeWithCallback.builder(PLAIN)
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(sight.map(value::applyAsDouble).orElse(0.0)))
                .register(registry);
    }

    private Counter counter(String name, String help) {
        return Counter.builder(PLAIN)
                .name(name)
                .help(help)
                .labelNames("status")
                .withoutExemplars()
                .register(registry);
    }

    private static Histogram.Builder histogram(String name, String help, double[] bounds) {
        return Histogram.builder(PLAIN)
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars();
    }

    private static double online(Sight now) {
        return now.agents().stream()
                .filter(agent -> agent.host().health() == Health.ONLINE)
                .count();
    }

    private static double places(Sight now, boolean free) {
        return now.agents().stream()
                .map(AgentView::host)
                .filter(host -> host.health() == Health.ONLINE && !(free && host.draining()))
                .mapToInt(host -> free
                        ? Math.max(0, host.offer().maxRunners() - host.runners())
                        : host.offer().maxRunners())
                .sum();
    }

    private void states(GaugeWithCallback.Callback gauge) {
        Map<RunnerState, Integer> counts = new EnumMap<>(RunnerState.class);
        sight.ifPresent(now -> now.runners().forEach(runner -> counts.merge(runner.state(), 1, Integer::sum)));
        for (RunnerState state : RunnerState.values()) {
            if (state != RunnerState.GONE) {
                gauge.call(counts.getOrDefault(state, 0), state.word());
            }
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    @Override
    public void placed(Duration time) {
        placements.observe(seconds(time));
    }

    @Override
    public void started(StartTimes times) {
        starts.labelValues("clone").observe(seconds(times.cloned()));
        starts.labelValues("boot_to_ssh").observe(seconds(times.booted()));
        starts.labelValues("total").observe(seconds(times.total()));
    }

    @Override
    public void added(AddAnswer answer) {
        adds.labelValues(
                        switch (answer) {
                            case AddAnswer.Ready _ -> "success";
                            case AddAnswer.NoRoom _ -> "failed_no_agent";
                            case AddAnswer.NameTaken _ -> "failed_name_taken";
                            case AddAnswer.Failed _ -> "failed_start";
                            case AddAnswer.Leaving _ -> "failed_leaving";
                            case AddAnswer.NotYet _ -> "failed_timeout";
                        })
                .inc();
    }

    @Override
    public void deleted(DeleteAnswer answer) {
        deletes.labelValues(
                        switch (answer) {
                            case DeleteAnswer.Gone() -> "success";
                            case DeleteAnswer.Unknown() -> "not_found";
                            case DeleteAnswer.Unconfirmed _ -> "unconfirmed";
                        })
                .inc();
    }

    /** For a {@link MetricsServer}. */
    Readings readings() {
        Texts texts = new Texts();
        return new Readings() {
            @Override
            public Exposition.Page page(String accept) {
                return texts.page(accept, registry.scrape());
            }

            @Override
            public dev.mayfly.app.metrics.Health health() {
                return sight.map(Sight::isOpen).orElse(true)
                        ? dev.mayfly.app.metrics.Health.OK
                        : new dev.mayfly.app.metrics.Health(
                                false, "stopped", "the server of the fleet has ended, and another must take over");
            }
        };
    }
}
