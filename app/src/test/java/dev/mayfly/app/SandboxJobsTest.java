package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.record.SqlLedger;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.SandboxRunner;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxJobsTest {
    /** Red by what it asks for, so it needs no box. */
    private static final byte[] RED = "{\"cmd\":\"curl http://example.org\"}".getBytes(StandardCharsets.UTF_8);

    private static final byte[] REFUSED = "{\"cmd\":\"true\",\"timeout_sec\":60}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path home;

    private SqliteStore store() {
        return SqliteStore.open(
                home.resolve("ledger.db"), SqlLedger.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
    }

    private SandboxJobs jobs(SqliteStore store) throws Exception {
        Path policies = Files.createDirectories(home.resolve("policies"));
        Files.writeString(policies.resolve("default.policy.yml"), "version: 1\nlimits: {wall_sec: 9}\n");
        SandboxRunner runner = new SandboxRunner(
                Clock.systemUTC(),
                new PolicyStore(policies, new PolicyReader()),
                new BindGuard(home),
                (_, _) -> {
                    throw new AssertionError("no box is needed");
                },
                new Quarantine(home.resolve("quarantine"), Clock.systemUTC()),
                new SqlLedger(store));
        RunOptions options =
                new RunOptions(Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), false, false, "auto", "");
        return new SandboxJobs(runner, runner::run, () -> {}, options, home, Duration.ZERO);
    }

    @Test
    void a_later_life_finds_the_answer_that_a_dead_attempt_kept_and_only_that() throws Exception {
        Attempt attempt;
        Answer answer;
        try (SqliteStore store = store()) {
            SandboxJobs jobs = jobs(store);
            attempt = new Attempt(jobs.prepare(RED).id(), "epoch-1", 3);
            answer = jobs.run(RED, attempt);
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Answer.Graded.class,
                            graded -> assertThat(graded.verdict()).isEqualTo("red"));
        }
        try (SqliteStore store = store()) {
            SandboxJobs later = jobs(store);
            assertThat(later.recall(attempt)).contains(answer);
            assertThat(later.recall(new Attempt(attempt.job(), "epoch-1", 4))).isEmpty();
            assertThat(later.recall(new Attempt(attempt.job(), "epoch-2", 3))).isEmpty();
        }
    }

    @Test
    void a_job_has_the_name_that_its_run_gets_and_a_refused_one_has_a_name_too() throws Exception {
        try (SqliteStore store = store()) {
            SandboxJobs jobs = jobs(store);
            JobId id = jobs.prepare(RED).id();
            assertThat(jobs.run(RED, new Attempt(id, "e", 1)))
                    .isInstanceOfSatisfying(
                            Answer.Graded.class,
                            graded -> assertThat(graded.result()).contains("\"run_id\":\"" + id + "\""));

            Prepared refused = jobs.prepare(REFUSED);
            assertThat(refused.longest()).isGreaterThan(Duration.ofSeconds(9));
            assertThatThrownBy(() -> jobs.run(REFUSED, new Attempt(refused.id(), "e", 1)))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_REFUSES));
        }
    }

    @Test
    void a_place_without_room_for_results_is_not_ready() throws Exception {
        assertThatCode(() -> SandboxJobs.requireRoom(home)).doesNotThrowAnyException();
        Needs.root();
        Path small = Files.createDirectories(home.resolve("small"));
        assertThat(command("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", small.toString()))
                .isZero();
        try {
            assertThatThrownBy(() -> SandboxJobs.requireRoom(small))
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                        assertThat(e.why()).contains("32 MiB are needed");
                        assertThat(e.fix()).contains("jobs wait in the queue meanwhile");
                    });
        } finally {
            assertThat(command("umount", small.toString())).isZero();
        }
    }

    private static int command(String... words) throws Exception {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }
}
