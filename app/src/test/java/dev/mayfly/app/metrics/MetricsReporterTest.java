package dev.mayfly.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.LogFormat;
import dev.mayfly.testkit.KeptLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsReporterTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();
    private final KeptLog kept = new KeptLog();

    private MetricsReporter reporter(Path json, int every, Duration interval) {
        return new MetricsReporter(
                metrics,
                new MetricsReporter.Targets(Optional.of(json), Optional.of(folder.resolve("mayfly.prom")), every),
                kept.log(),
                interval);
    }

    private void run(MetricsReporter reporter, RunEnding ending) {
        metrics.runFinished(ending);
        reporter.runFinished();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(5);
        }
    }

    private List<String> lines() {
        return kept.entries().stream()
                .filter(entry -> entry.message().equals("metrics"))
                .map(LogFormat.TEXT::line)
                .map(line -> line.substring(line.indexOf("metrics ")))
                .toList();
    }

    @Test
    void after_every_so_many_runs_there_is_a_line_and_the_files_are_new() throws Exception {
        Path json = folder.resolve("metrics.json");
        try (MetricsReporter reporter = reporter(json, 2, NEVER)) {
            reporter.start();
            metrics.duplicate();
            run(reporter, RunEnding.RED);
            Thread.sleep(50);
            assertThat(json).doesNotExist();
            assertThat(lines()).isEmpty();

            run(reporter, RunEnding.GREEN);
            await(() -> Files.exists(folder.resolve("mayfly.prom")));
            assertThat(Files.readString(json))
                    .startsWith("{\"total\":2,\"dupe\":1,\"green\":1,\"yellow\":0,\"red\":1,");
            assertThat(lines())
                    .containsExactly("metrics processed=2 dupes=1 reds=1 yellows=0 greens=1 failed=0 redeliveries=0"
                            + " dead_lettered=0 in_flight=0");
        }
        assertThat(lines()).as("nothing has changed since").hasSize(1);
    }

    @Test
    void a_change_that_is_no_run_reaches_the_files_soon_but_not_the_log() throws Exception {
        Path json = folder.resolve("metrics.json");
        try (MetricsReporter reporter = reporter(json, 100, SOON)) {
            reporter.start();
            metrics.redelivery();
            await(() -> read(json).contains("\"redeliveries\":1"));
            metrics.state(WorkerState.STOPPED, "no room");
            await(() -> read(json).contains("\"state\":\"stopped\""));
            assertThat(lines()).isEmpty();
        }
        assertThat(lines()).as("at the end").hasSize(1);
    }

    @Test
    void nothing_is_written_again_while_nothing_changes() throws Exception {
        Path json = folder.resolve("metrics.json");
        try (MetricsReporter reporter = reporter(json, 100, SOON)) {
            reporter.start();
            await(() -> Files.exists(json) && Files.exists(folder.resolve("mayfly.prom")));
            Object first = Files.readAttributes(json, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            Thread.sleep(10 * SOON.toMillis());
            assertThat(Files.readAttributes(json, java.nio.file.attribute.BasicFileAttributes.class)
                            .fileKey())
                    .isEqualTo(first);
        }
    }

    @Test
    void the_same_trouble_is_told_once_and_its_end_too() throws Exception {
        Path json = folder.resolve("later/metrics.json");
        try (MetricsReporter reporter = reporter(json, 1, SOON)) {
            reporter.start();
            for (int i = 0; i < 5; i++) {
                run(reporter, RunEnding.GREEN);
                Thread.sleep(2 * SOON.toMillis());
            }
            assertThat(kept.messages()).containsOnlyOnce("the metrics were not written");
            assertThat(kept.text()).contains("why=NoSuchFileException");

            Files.createDirectory(json.getParent());
            await(() -> kept.messages().contains("the metrics are written again"));
            assertThat(Files.readString(json)).startsWith("{\"total\":5,");
        }
    }

    @Test
    void when_nothing_happened_there_is_no_line_but_there_are_files() throws IOException {
        Path json = folder.resolve("metrics.json");
        reporter(json, 1, SOON).close();
        assertThat(lines()).isEmpty();
        assertThat(Files.readString(json)).startsWith("{\"total\":0,");
    }

    @Test
    void without_a_start_it_reports_once_at_the_end() throws IOException {
        Path json = folder.resolve("metrics.json");
        try (MetricsReporter reporter = reporter(json, 1, SOON)) {
            run(reporter, RunEnding.YELLOW);
            assertThat(json).doesNotExist();
        }
        assertThat(Files.readString(json)).contains("\"yellow\":1");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void a_reader_never_sees_a_part_of_a_file() throws Exception {
        Path json = folder.resolve("metrics.json");
        AtomicBoolean done = new AtomicBoolean();
        try (MetricsReporter reporter = reporter(json, 1, NEVER)) {
            reporter.start();
            Thread runs = Thread.ofVirtual().start(() -> {
                while (!done.get()) {
                    run(reporter, RunEnding.GREEN);
                    Thread.onSpinWait();
                }
            });
            await(() -> Files.exists(json));
            for (int i = 0; i < 300; i++) {
                assertThat(Files.readString(json)).startsWith("{\"total\":").endsWith("}}\n");
            }
            done.set(true);
            runs.join();
        }
    }

    @Test
    void a_name_that_is_no_file_is_a_warning_and_no_crash() {
        try (MetricsReporter reporter = reporter(Path.of("/"), 1, SOON)) {
            run(reporter, RunEnding.GREEN);
        }
        assertThat(kept.messages()).contains("the metrics were not written");
        assertThat(folder.resolve("mayfly.prom")).exists();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
