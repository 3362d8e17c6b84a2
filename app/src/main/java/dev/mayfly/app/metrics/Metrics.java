package dev.mayfly.app.metrics;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Counts what happens in this process. Every method is safe for concurrent use and never fails: counting must not break
 * what is counted.
 *
 * <p>Runs and jobs are counted apart. A run is a request that was graded here, asked for by a client or by a worker of
 * the queue; a job is what the worker got an ending for. A worker that runs its jobs through the counted runs of this
 * program has each of them in both, and a job that ended without running (cancelled, indeterminate) is no run.
 */
public final class Metrics {
    /**
     * From 1 ms, below which the clock of a run says little, to 120 s: a run may take 60 s (the request's schema), and
     * waiting behind one such run fits too.
     */
    private static final double[] SECONDS = {
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120
    };

    /** Settings of this program come from one place, so the library's own files and variables have no say. */
    private static final PrometheusProperties PLAIN =
            PrometheusProperties.builder().build();

    /** @param why it takes no jobs; empty when it takes some */
    public record Standing(WorkerState state, String why) {}

    private final PrometheusRegistry registry;
    private final Counter runs;
    private final Counter processed;
    private final Counter duplicates;
    private final Counter redeliveries;
    private final Counter deadLettered;
    private final Gauge inFlight;
    private final Gauge slots;
    private final Histogram queueWait;
    private final Histogram runTime;
    private volatile Optional<Standing> worker = Optional.empty();

    /** All counts at zero. */
    public Metrics() {
        this(new PrometheusRegistry());
    }

    /** @param registry of this object alone, because names in a registry are taken once */
    Metrics(PrometheusRegistry registry) {
        this.registry = registry;
        runs = counter("mayfly_runs_total", "Requests by what they came to; failed: no verdict.")
                .labelNames("verdict")
                .register(registry);
        processed = counter("mayfly_queue_processed_total", "Jobs of the queue that ended here, by what they came to.")
                .labelNames("outcome")
                .register(registry);
        duplicates = counter(
                        "mayfly_queue_duplicates_total",
                        "Messages about a job that had its result already and were answered with that.")
                .register(registry);
        redeliveries = counter("mayfly_queue_redeliveries_total", "Messages that the queue delivered once more.")
                .register(registry);
        deadLettered = counter("mayfly_queue_dead_lettered_total", "Messages given up and kept for people to look at.")
                .register(registry);
        inFlight = gauge("mayfly_queue_in_flight", "Jobs that this worker has taken and not ended.")
                .register(registry);
        slots = gauge("mayfly_queue_slots", "Jobs that this worker may run at once; 0: no worker here.")
                .register(registry);
        queueWait = histogram("mayfly_queue_wait_seconds", "From the submission of a job to its start.")
                .register(registry);
        runTime = histogram("mayfly_queue_run_seconds", "From the start of a job to its result.")
                .register(registry);
        GaugeWithCallback.builder(PLAIN)
                .name("mayfly_worker_state")
                .help("1 for the state that the worker is in, 0 for all others; all 0: no worker here.")
                .labelNames("state")
                .callback(this::reportState)
                .register(registry);
        // A series that begins with its first event hides that event from rate() and increase().
        Stream.of(RunEnding.values()).map(RunEnding::word).forEach(runs::initLabelValues);
        Stream.of(JobEnding.values()).map(JobEnding::word).forEach(processed::initLabelValues);
    }

    private static Counter.Builder counter(String name, String help) {
        return Counter.builder(PLAIN).name(name).help(help).withoutExemplars();
    }

    private static Gauge.Builder gauge(String name, String help) {
        return Gauge.builder(PLAIN).name(name).help(help).withoutExemplars();
    }

    private static Histogram.Builder histogram(String name, String help) {
        return Histogram.builder(PLAIN)
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars();
    }

    /** A run came to its end. */
    public void runFinished(RunEnding ending) {
        runs.labelValues(ending.word()).inc();
    }

    /**
     * A job of the queue has its ending, once for each job.
     *
     * @param queueWait from submission to start, or to the end of a job that never started; below zero, as clocks of two
     *     machines may have it, counts as zero
     * @param runTime from start to result; zero for a job that did not run, which then has no share in the run times
     */
    public void jobFinished(JobEnding ending, Duration queueWait, Duration runTime) {
        processed.labelValues(ending.word()).inc();
        this.queueWait.observe(seconds(queueWait));
        if (runTime.isPositive()) {
            this.runTime.observe(seconds(runTime));
        }
    }

    private static double seconds(Duration duration) {
        return Math.max(0, duration.toSeconds() + duration.toNanosPart() / 1e9);
    }

    /** A message asked for a job that had its result already. */
    public void duplicate() {
        duplicates.inc();
    }

    /** The queue delivered a message once more. */
    public void redelivery() {
        redeliveries.inc();
    }

    /** A message was given up. */
    public void deadLettered() {
        deadLettered.inc();
    }

    /** How many jobs the worker has taken and not ended. */
    public void inFlight(int jobs) {
        inFlight.set(jobs);
    }

    /** How many jobs the worker may run at once. */
    public void slots(int jobs) {
        slots.set(jobs);
    }

    /** How the worker is, if there is one. */
    public Optional<Standing> worker() {
        return worker;
    }

    /** @param why one sentence for people, for example what the disk lacks; may be empty while all is well */
    public void state(WorkerState state, String why) {
        worker = Optional.of(new Standing(state, why));
    }

    /** Whether this process does what it is there for. One without a worker is well when it answers. */
    Health health() {
        return worker.map(now -> new Health(now.state().healthy(), now.state().word(), now.why()))
                .orElse(Health.OK);
    }

    private void reportState(GaugeWithCallback.Callback gauge) {
        Optional<WorkerState> now = worker.map(Standing::state);
        for (WorkerState state : WorkerState.values()) {
            gauge.call(now.filter(state::equals).isPresent() ? 1 : 0, state.word());
        }
    }

    /** Everything that can be scraped. */
    MetricSnapshots scrape() {
        return registry.scrape();
    }

    Counts counts() {
        Map<RunEnding, Long> runsNow = new EnumMap<>(RunEnding.class);
        for (RunEnding ending : RunEnding.values()) {
            runsNow.put(ending, runs.labelValues(ending.word()).getLongValue());
        }
        Map<JobEnding, Long> jobsNow = new EnumMap<>(JobEnding.class);
        for (JobEnding ending : JobEnding.values()) {
            jobsNow.put(ending, processed.labelValues(ending.word()).getLongValue());
        }
        return new Counts(
                runsNow,
                jobsNow,
                duplicates.getLongValue(),
                redeliveries.getLongValue(),
                deadLettered.getLongValue(),
                (int) inFlight.get(),
                (int) slots.get(),
                worker.map(Standing::state));
    }
}
