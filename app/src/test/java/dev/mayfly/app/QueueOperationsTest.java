package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.app.metrics.Metrics;
import dev.mayfly.app.metrics.WorkerState;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.Reply;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.worker.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked about jobs, over the embedded queue with a real worker and pretended jobs. */
class QueueOperationsTest {
    @TempDir
    Path folder;

    private QueueTestBed bed;
    private QueueOperations operations;
    private JobBoard board;
    private final List<String> progress = new CopyOnWriteArrayList<>();
    private final CallContext context = new CallContext() {
        @Override
        public void progress(String line) {
            progress.add(line);
        }

        @Override
        public boolean cancelled() {
            return false;
        }
    };

    @BeforeEach
    void open() {
        bed = new QueueTestBed(folder);
        Jobs noRuns = new Jobs() {
            @Override
            public List<JsonObject> latest(int limit, Optional<String> verdict, Optional<JobState> state) {
                return List.of();
            }

            @Override
            public List<JsonObject> startingWith(String runId) {
                return List.of();
            }
        };
        board = new JobBoard(() -> noRuns, () -> Optional.of(bed.engine().ledger()));
        operations =
                new QueueOperations(bed::client, () -> board, () -> bed.engine().queue());
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private Reply submit(String request, JsonObject more) throws InterruptedException {
        return operations.submit(QueueTestBed.bytes(request), new Parameters("submit", more), context);
    }

    private static JsonObject waiting(long seconds) {
        return JsonObject.of().with("wait", true).with("timeout_sec", seconds);
    }

    private static Parameters about(String request) {
        return new Parameters(
                "job", JsonObject.of().with("run_id", QueueTestBed.id(request).value()));
    }

    private static JsonObject object(Reply reply) {
        assertThat(reply.exitCode()).isZero();
        return (JsonObject) ((Reply.Done) reply).result();
    }

    private static String member(JsonObject object, String name) {
        JsonValue value = object.get(name).orElseThrow(() -> new AssertionError(name + " is not in " + object));
        return value instanceof JsonString(String text) ? text : JsonWriter.compact(value);
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 400 && !condition.getAsBoolean(); i++) {
            Thread.sleep(25);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void a_request_sent_twice_is_one_job_and_the_second_hears_that_it_is_known() throws Exception {
        JsonObject first = object(submit("ok", JsonObject.of()));
        JsonObject second = object(submit("ok", JsonObject.of()));

        assertThat(member(first, "known")).isEqualTo("false");
        assertThat(member(second, "known")).isEqualTo("true");
        assertThat(member(second, "run_id")).isEqualTo(member(first, "run_id"));
        assertThat(bed.engine().queue().depth().waiting()).isEqualTo(1);
    }

    @Test
    void whoever_waits_without_a_worker_hears_that_there_is_none_and_ends_with_its_own_code() {
        assertThatThrownBy(() -> submit("ok", waiting(1))).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.WAIT_OVER);
            assertThat(e.why()).contains("waits for a worker", "none is heard of");
            assertThat(e.fix()).contains("mayfly job result --wait r_");
        });
        assertThat(progress)
                .containsExactly(QueueTestBed.id("ok").value().substring(0, 14)
                        + ": waits for a worker; none is heard of: mayfly worker starts one");
    }

    @Test
    void a_result_is_given_with_its_own_exit_code_to_the_first_and_to_every_duplicate() throws Exception {
        try (Worker _ = bed.worker()) {
            for (int i = 0; i < 3; i++) {
                assertThat(submit("red", waiting(30))).isInstanceOfSatisfying(Reply.Done.class, done -> {
                    assertThat(done.exitCode()).isEqualTo(20);
                    assertThat(done.result()).isEqualTo(JsonObject.of().with("verdict", "red"));
                });
            }
        }
        assertThat(bed.ran).containsExactly("red");
        assertThat(progress).anyMatch(line -> line.endsWith(": known already, done"));
    }

    @Test
    void a_job_that_was_refused_ends_as_exec_would() throws Exception {
        try (Worker _ = bed.worker()) {
            Reply reply = submit("refused", waiting(30));
            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.Failed.class,
                            failed -> assertThat(failed.what()).isEqualTo("the policy refuses it"));
            assertThat(reply.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void a_cancelled_job_does_not_run_says_so_and_can_be_sent_again() throws Exception {
        object(submit("ok", JsonObject.of()));
        assertThat(member(object(operations.cancel(about("ok"))), "state")).isEqualTo("cancelled");
        Reply reply = operations.result(about("ok"), context);
        assertThat(reply.exitCode()).isEqualTo(4);
        assertThat(((Reply.Failed) reply).what()).isEqualTo("the job was cancelled");

        JsonObject again = object(submit("ok", JsonObject.of()));
        assertThat(member(again, "state")).isEqualTo("queued");
        assertThat(member(again, "known")).isEqualTo("false");
    }

    @Test
    void a_running_job_shows_since_when_and_where_and_is_stopped_when_cancelled() throws Exception {
        try (Worker _ = bed.worker()) {
            object(submit("slow", JsonObject.of()));
            eventually(() -> !bed.ran.isEmpty());
            JsonObject shown = board.startingWith("r_").getFirst();
            assertThat(member(shown, "state")).isEqualTo("running");
            assertThat(member(shown, "running_since")).startsWith("20");
            assertThat(member((JsonObject) shown.get("worker").orElseThrow(), "pid"))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
            assertThat(shown.get("finished_at")).isEmpty();

            assertThat(member(object(operations.cancel(about("slow"))), "cancel_wanted"))
                    .isEqualTo("true");
            eventually(
                    () -> member(board.startingWith("r_").getFirst(), "state").equals("cancelled"));
        }
    }

    @Test
    void a_message_that_is_no_request_becomes_a_dead_letter_which_can_be_put_in_line_again() throws Exception {
        bed.engine().queue().publish(new Message("run.req.default", "", QueueTestBed.bytes("bad")));
        try (Worker _ = bed.worker()) {
            eventually(() -> bed.engine().queue().depth().dead() == 1);
        }
        Parameters json = new Parameters("job.dlq.ls", JsonObject.of());
        JsonArray letters = (JsonArray) ((Reply.Done) operations.deadLetters(json)).result();
        assertThat(letters.items()).hasSize(1);
        JsonObject letter = (JsonObject) letters.items().getFirst();
        assertThat(member(letter, "reason")).contains("MF-2001", "not a request");
        assertThat(member(letter, "bytes")).isEqualTo("3");
        Parameters text = new Parameters("job.dlq.ls", JsonObject.of().with("format", "text"));
        assertThat(((JsonString) ((Reply.Done) operations.deadLetters(text)).result()).value())
                .startsWith("NUMBER  AT");

        Parameters number = new Parameters(
                "job.dlq.requeue", JsonObject.of().with("number", Long.parseLong(member(letter, "number"))));
        object(operations.requeue(number));
        assertThat(bed.engine().queue().depth().waiting()).isEqualTo(1);
        assertThatThrownBy(() -> operations.requeue(number))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("there is no dead letter");
    }

    @Test
    void the_board_lists_by_state_and_names_one_job_by_the_beginning_of_its_id() throws Exception {
        object(submit("ok", JsonObject.of()));
        object(submit("red", JsonObject.of()));
        operations.cancel(about("red"));

        assertThat(board.latest(10, Optional.empty(), Optional.empty())).hasSize(2);
        List<JsonObject> queued = board.latest(10, Optional.empty(), Optional.of(JobState.QUEUED));
        assertThat(queued).hasSize(1);
        assertThat(member(queued.getFirst(), "changed_at")).startsWith("20");
        assertThat(queued.getFirst().get("finished_at")).isEmpty();
        assertThat(board.entry(QueueTestBed.id("ok").value().substring(0, 10)).summary())
                .isEqualTo("ok");
        assertThatThrownBy(() -> board.entry("r_"))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("several jobs begin with r_");
        assertThatThrownBy(() -> board.entry("nonsense"))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    private QueueHealth health(Runnable room, Optional<Metrics.Standing> worker) {
        return new QueueHealth(new QueueHealth.Parts(
                "embedded",
                Optional.of(folder.resolve("queue.db")),
                bed::engine,
                room,
                () -> worker,
                Duration.ofSeconds(30),
                Clock.systemUTC()));
    }

    @Test
    void doctor_says_that_jobs_wait_without_a_worker_and_that_there_is_no_room() throws Exception {
        assertThat(health(() -> {}, Optional.empty()).capabilities())
                .extracting(Capability::name, Capability::state)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("queue", CapabilityState.ACTIVE));

        object(submit("ok", JsonObject.of()));
        List<Capability> found = health(
                        () -> {
                            throw new MayflyException(ErrorCode.STATE_UNAVAILABLE, "no room", "3 MiB", "make some");
                        },
                        Optional.empty())
                .capabilities();
        assertThat(found.get(0).state()).isEqualTo(CapabilityState.DEGRADED);
        assertThat(found.get(0).evidence()).contains("1 waiting", "no room: 3 MiB");
        assertThat(found.get(1).state()).isEqualTo(CapabilityState.UNAVAILABLE);
        assertThat(found.get(1).fix()).isEqualTo("mayfly worker, or mayfly up");

        try (Worker _ = bed.worker()) {
            assertThat(health(() -> {}, Optional.empty()).capabilities().get(1).evidence())
                    .startsWith("1 heard of");
        }
    }

    @Test
    void a_worker_that_takes_no_jobs_is_told_with_its_reason() {
        Metrics.Standing stopped = new Metrics.Standing(WorkerState.STOPPED, "the disk is full");
        QueueHealth health = health(() -> {}, Optional.of(stopped));

        assertThat(health.capabilities().get(1).state()).isEqualTo(CapabilityState.UNAVAILABLE);
        assertThat(health.capabilities().get(1).evidence()).endsWith("stopped: the disk is full");
        assertThat(member(health.worker(), "why")).isEqualTo("the disk is full");
        assertThat(member(health.queue(), "waiting")).isEqualTo("0");
    }
}
