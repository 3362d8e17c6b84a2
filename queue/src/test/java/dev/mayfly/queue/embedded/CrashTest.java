package dev.mayfly.queue.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.contract.Engine;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.Statement;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes share one file; one of them is killed again and again; then the file is held against what they said. */
@Timeout(300)
class CrashTest {
    private static final int KILLS = 30;
    private static final int LEAST_KILLS = 5;

    /** Starting a process takes long on a busy machine; then fewer kills must do. */
    private static final Duration ENOUGH = Duration.ofSeconds(45);

    private static final long SEED = 20_260_304;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final List<Process> children = new ArrayList<>();
    private final List<Path> reports = new ArrayList<>();

    @AfterEach
    void killAll() throws Exception {
        for (Process child : children) {
            kill(child);
        }
    }

    /** What the processes said was acknowledged to them. */
    private static final class Said {
        final Set<Integer> published = new HashSet<>();
        final Map<Integer, Long> highestFence = new HashMap<>();
        final Map<Integer, Long> answered = new HashMap<>();
        final Set<Long> acknowledged = new HashSet<>();
        private final Set<String> claims = new HashSet<>();

        void hear(String line) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "P" -> published.add(Integer.valueOf(words[1]));
                case "F" -> {
                    assertThat(claims.add(line))
                            .as("only one got this fence: %s", line)
                            .isTrue();
                    highestFence.merge(Integer.valueOf(words[1]), Long.valueOf(words[2]), Math::max);
                }
                case "D" ->
                    assertThat(answered.put(Integer.valueOf(words[1]), Long.valueOf(words[2])))
                            .as("answered once: %s", line)
                            .isNull();
                case "A" -> acknowledged.add(Long.valueOf(words[1]));
                default -> throw new AssertionError("a process said: " + line);
            }
        }
    }

    @Test
    void whatever_was_acknowledged_outlives_the_kill_of_any_process_at_any_moment() throws Exception {
        Random random = new Random(SEED);
        long start = System.nanoTime();
        int kills = 0;
        while (kills < LEAST_KILLS || kills < KILLS && System.nanoTime() - start < ENOUGH.toNanos()) {
            while (children.size() < 2) {
                startChild();
            }
            Thread.sleep(random.nextInt(250));
            kill(children.remove(random.nextInt(2)));
            kills++;
        }
        kill(children.removeFirst());

        Said said = new Said();
        for (Path report : reports) {
            wholeLines(report).forEach(said::hear);
        }
        assertThat(said.published.size()).as("enough happened").isGreaterThan(kills * 10);
        assertThat(said.answered.size()).as("enough happened").isGreaterThan(kills * 5);
        checkRows(said);
        drain(said);
        checkRows(said);
        checkAnswers(said);
    }

    /** What was acknowledged is there or answered, and rows that belong together are there together. */
    private void checkRows(Said said) {
        try (SqliteStore store = EmbeddedHome.in(temp, CrashLoop.TERMS).store()) {
            assertThat(store.query(Statement.of("PRAGMA integrity_check"), row -> row.text("integrity_check")))
                    .containsExactly("ok");
            List<Long> line =
                    store.query(Statement.of("SELECT number FROM line ORDER BY number"), row -> row.integer("number"));
            assertThat(store.query(
                            Statement.of("SELECT number FROM message ORDER BY number"), row -> row.integer("number")))
                    .isEqualTo(line);
            assertThat(store.query(Statement.of("SELECT messages FROM total"), row -> row.integer("messages")))
                    .containsExactly((long) line.size());
            assertThat(line).doesNotContainAnyElementsOf(said.acknowledged);
            Set<String> there =
                    new HashSet<>(store.query(Statement.of("SELECT id FROM message"), row -> row.text("id")));
            Map<String, JobEntry> jobs = new HashMap<>();
            store.query(Statement.of("SELECT " + JobRow.COLUMNS + " FROM job"), JobRow::read)
                    .forEach(job -> jobs.put(job.id().value(), job));
            for (int job : said.published) {
                String id = SampleJobs.id(job).value();
                assertThat(there.contains(id)
                                || Optional.ofNullable(jobs.get(id))
                                        .filter(entry -> entry.state().isFinal())
                                        .isPresent())
                        .as("job %d waits or has its answer", job)
                        .isTrue();
            }
            said.highestFence.forEach((job, fence) -> assertThat(
                            jobs.get(SampleJobs.id(job).value()).fence())
                    .as("fence of job %d", job)
                    .isGreaterThanOrEqualTo(fence));
        }
    }

    /** Does what is left, as a worker that finds all others dead. */
    private void drain(Said said) throws Exception {
        EmbeddedHome home = EmbeddedHome.in(temp, CrashLoop.TERMS);
        try (EmbeddedEngine engine = home.start(home.store())) {
            CrashLoop loop = new CrashLoop(engine, "epoch-last", said::hear);
            Random random = new Random(SEED);
            while (loop.work(random, Duration.ofSeconds(1))) {}
            WorkQueue.Depth depth = engine.queue().depth();
            assertThat(depth.waiting() + depth.out()).isZero();
        }
    }

    private void checkAnswers(Said said) throws Exception {
        try (Engine engine = EmbeddedHome.in(temp, CrashLoop.TERMS).open()) {
            Set<JobId> letters = new HashSet<>();
            engine.queue().deadLetters(100_000).stream()
                    .map(DeadLetter::job)
                    .forEach(job -> job.ifPresent(letters::add));
            for (int job : said.published) {
                JobEntry entry = engine.ledger().find(SampleJobs.id(job)).orElseThrow();
                if (entry.state() == JobState.DEAD) {
                    assertThat(letters).contains(entry.id());
                } else {
                    assertThat(entry.state()).isEqualTo(JobState.DONE);
                }
            }
            said.answered.forEach((job, fence) -> {
                JobEntry entry = engine.ledger().find(SampleJobs.id(job)).orElseThrow();
                assertThat(entry.fence()).isEqualTo(fence);
                assertThat(entry.answer().orElseThrow() instanceof Answer.Graded graded
                                && graded.result().startsWith(fence + " "))
                        .as("the answer of job %d is the one that was kept", job)
                        .isTrue();
            });
        }
    }

    private void startChild() throws Exception {
        Path report = temp.resolve("report-" + reports.size());
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashLoop.class.getName(),
                        temp.toString(),
                        Integer.toString(reports.size()))
                .redirectOutput(report.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        reports.add(report);
        children.add(child);
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (Files.size(report) == 0) {
            assertThat(child.isAlive() && System.nanoTime() < deadline)
                    .as("a process begins to work")
                    .isTrue();
            Thread.sleep(5);
        }
    }

    private static void kill(Process child) throws Exception {
        child.destroyForcibly();
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(128 + 9);
    }

    private static List<String> wholeLines(Path report) throws Exception {
        String text = Files.readString(report, StandardCharsets.US_ASCII);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
}
