package dev.mayfly.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();
    private final Exposition exposition = new Exposition(metrics);

    private List<String> page() {
        return exposition.page("").body().lines().toList();
    }

    @Test
    void every_count_is_there_before_its_first_event() {
        assertThat(page())
                .contains("mayfly_runs_total{verdict=\"red\"} 0.0")
                .contains("mayfly_queue_processed_total{outcome=\"indeterminate\"} 0.0")
                .contains("mayfly_queue_redeliveries_total 0.0")
                .contains("mayfly_queue_in_flight 0.0")
                .contains("mayfly_worker_state{state=\"fetching\"} 0.0");
    }

    @Test
    void a_job_is_counted_by_its_ending_and_its_times_fall_into_buckets() {
        metrics.jobFinished(JobEnding.YELLOW, Duration.ofMillis(3), Duration.ofSeconds(61));
        metrics.jobFinished(JobEnding.CANCELLED, Duration.ofSeconds(-5), Duration.ZERO);
        assertThat(page())
                .contains("mayfly_queue_processed_total{outcome=\"yellow\"} 1.0")
                .contains("mayfly_queue_processed_total{outcome=\"cancelled\"} 1.0")
                .contains("mayfly_queue_wait_seconds_bucket{le=\"0.001\"} 1")
                .contains("mayfly_queue_wait_seconds_bucket{le=\"0.005\"} 2")
                .contains("mayfly_queue_wait_seconds_sum 0.003")
                .contains("mayfly_queue_run_seconds_bucket{le=\"60.0\"} 0")
                .contains("mayfly_queue_run_seconds_bucket{le=\"120.0\"} 1")
                .contains("mayfly_queue_run_seconds_count 1");
        assertThat(metrics.counts().allJobs()).isEqualTo(2);
        assertThat(metrics.counts().allRuns()).isZero();
    }

    @Test
    void the_worker_is_in_one_state_at_a_time_and_is_well_while_it_takes_jobs() {
        assertThat(metrics.health()).isEqualTo(Health.OK);
        for (WorkerState state : WorkerState.values()) {
            metrics.state(state, "because");
            assertThat(page().stream().filter(line -> line.startsWith("mayfly_worker_state{") && line.endsWith(" 1.0")))
                    .containsExactly("mayfly_worker_state{state=\"" + state.word() + "\"} 1.0");
            assertThat(metrics.health().well()).isEqualTo(state == WorkerState.FETCHING);
            assertThat(metrics.counts().state()).isEqualTo(Optional.of(state));
        }
    }

    @Test
    void no_event_of_many_threads_is_lost() {
        IntStream.range(0, 4000).parallel().forEach(i -> {
            metrics.runFinished(i % 4 == 0 ? RunEnding.RED : RunEnding.GREEN);
            metrics.redelivery();
            metrics.deadLettered();
            metrics.duplicate();
        });
        Counts counts = metrics.counts();
        assertThat(counts.allRuns()).isEqualTo(4000);
        assertThat(counts.of(RunEnding.RED)).isEqualTo(1000);
        assertThat(counts.redeliveries()).isEqualTo(4000);
        assertThat(counts.deadLettered()).isEqualTo(4000);
        assertThat(counts.duplicates()).isEqualTo(4000);
    }
}
