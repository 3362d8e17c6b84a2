package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.JobRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotedJobsTest {
    private static final Attempt ATTEMPT = new Attempt(new JobId("r_" + "a".repeat(64)), "epoch", 3);

    @TempDir
    Path folder;

    /** Does what a run does here: looks what was noted so far. */
    private final class Looking implements JobRunner {
        private List<String> during = List.of();
        private boolean fails;

        @Override
        public Prepared prepare(byte[] request) {
            throw new AssertionError("not asked");
        }

        @Override
        public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
            try {
                during = Files.readAllLines(log());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            if (fails) {
                throw new InterruptedException("stopped");
            }
            return new Answer.Graded("green", 0, "{}");
        }

        @Override
        public void requireReady() {}

        @Override
        public Optional<Answer> recall(Attempt attempt) {
            return Optional.empty();
        }
    }

    private Path log() {
        return folder.resolve("trial.log");
    }

    @Test
    void the_beginning_is_noted_before_a_run_and_the_end_after_it() throws Exception {
        Looking runner = new Looking();
        assertThat(NotedJobs.in(log(), runner).run(new byte[0], ATTEMPT).exitCode())
                .isZero();

        String rest = " " + ATTEMPT.job() + " " + ATTEMPT.token() + " [0-9]+ "
                + ProcessHandle.current().pid();
        assertThat(runner.during).singleElement().asString().matches("start" + rest);
        List<String> after = Files.readAllLines(log());
        assertThat(after).hasSize(2);
        assertThat(after.getLast()).matches("end" + rest);
        assertThat(nanos(after.getLast())).isGreaterThanOrEqualTo(nanos(after.getFirst()));
    }

    private static long nanos(String line) {
        return Long.parseLong(line.split(" ", -1)[3]);
    }

    @Test
    void a_run_that_is_interrupted_has_its_end_and_so_have_those_after_it() throws Exception {
        Looking runner = new Looking();
        NotedJobs noted = NotedJobs.in(log(), runner);
        runner.fails = true;
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> noted.run(new byte[0], ATTEMPT)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).as("the interrupt is left to the run").isTrue();

        runner.fails = false;
        noted.run(new byte[0], ATTEMPT);
        assertThat(Files.readAllLines(log()))
                .extracting(line -> line.substring(0, 3))
                .containsExactly("sta", "end", "sta", "end");
    }

    @Test
    void a_file_that_cannot_be_written_ends_the_start() {
        assertThatThrownBy(() -> NotedJobs.in(folder.resolve("missing/trial.log"), new Looking()))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                    assertThat(e.what()).contains("missing/trial.log");
                });
    }
}
