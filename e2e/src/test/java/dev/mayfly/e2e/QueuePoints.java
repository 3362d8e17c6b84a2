package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.e2e.faults.Disk;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of the queue from a terminal; the same on each engine. */
abstract class QueuePoints {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path home;

    /** Variables that choose the engine. */
    abstract Map<String, String> engine() throws Exception;

    /** Publishes to the engine behind the program's back, as a client of the replaced system does. */
    abstract void publishRaw(Path home, byte[] body) throws Exception;

    @BeforeEach
    void chooseHome() {
        Needs.root();
        home = folder.resolve("home");
    }

    private Program mayfly(String... words) throws Exception {
        Program program = Program.mayfly(home, words);
        engine().forEach(program::with);
        return program.with("MAYFLY_TRIAL_LOG", trialLog().toString());
    }

    private Path trialLog() {
        return folder.resolve("trial.log");
    }

    private long runsBegun() throws IOException {
        return Files.exists(trialLog())
                ? Files.readAllLines(trialLog()).stream()
                        .filter(line -> line.startsWith("start "))
                        .count()
                : 0;
    }

    private RunningService worker() throws Exception {
        return worker(mayfly("worker", "--slots", "1"));
    }

    private static RunningService worker(Program program) {
        RunningService worker = RunningService.of(program);
        assertThat(worker.readyLine()).startsWith("mayfly worker is ready");
        return worker;
    }

    private String request(String text) {
        Path file = folder.resolve("request-" + Integer.toHexString(text.hashCode()) + ".json");
        Program.write(file, text);
        return file.toString();
    }

    private Ended submit(String text, String... more) throws Exception {
        String[] words = new String[more.length + 3];
        words[0] = "submit";
        words[1] = "-f";
        words[2] = request(text);
        System.arraycopy(more, 0, words, 3, more.length);
        return mayfly(words).run();
    }

    private static JsonObject json(Ended ended) {
        JsonValue value = JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        assertThat(value).as(ended.err()).isInstanceOf(JsonObject.class);
        return (JsonObject) value;
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).orElse(object) instanceof JsonString(String text) ? text : "";
    }

    /** Puts a request in line; returns the job's id. */
    private String sent(String request) throws Exception {
        Ended ended = submit(request);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return text(json(ended), "run_id");
    }

    private String state(String job) throws Exception {
        return text(json(mayfly("job", "show", job, "--json").run()), "state");
    }

    private List<Long> letters() throws Exception {
        JsonValue all =
                JsonReader.read(mayfly("job", "dlq", "ls", "--json").run().out().getBytes(StandardCharsets.UTF_8));
        return ((JsonArray) all)
                .items().stream()
                        .map(letter -> ((JsonObject) letter).get("number").orElseThrow())
                        .map(number -> ((JsonNumber) number).unsignedLong().orElseThrow())
                        .toList();
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("time is over").isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void a_request_that_is_sent_twice_runs_once_and_both_askers_get_the_same_bytes() throws Exception {
        try (RunningService _ = worker()) {
            Ended first = submit("{\"cmd\": \"date +%N\"}", "--wait");
            Ended second = submit("{\"cmd\": \"date +%N\"}", "--wait");

            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(second.out()).isEqualTo(first.out());
            assertThat(runsBegun()).isEqualTo(1);
        }
    }

    @Test
    void a_lost_acknowledgement_makes_a_message_come_again_which_is_counted_and_not_run() throws Exception {
        int port = freePort();
        Path file = folder.resolve("metrics.json");
        Program program = mayfly("worker", "--slots", "1")
                .with("MAGICRUNE_TEST_SKIP_ACK_ONCE", "1")
                .with("NATS_ACK_WAIT_SEC", "1")
                .with("MAYFLY_METRICS_LISTEN", "127.0.0.1:" + port)
                .with("MAYFLY_METRICS_FILE", file.toString());
        try (RunningService worker = worker(program)) {
            assertThat(submit("{\"cmd\": \"echo once\"}", "--wait").exitCode()).isZero();

            until(() -> get(port, "/metrics").body().contains("\nmayfly_queue_duplicates_total 1.0\n"));
            assertThat(get(port, "/metrics").body()).contains("\nmayfly_queue_redeliveries_total 1.0\n");
            assertThat(worker.terminate()).isZero();
        }
        assertThat(Files.readString(file)).contains("\"redeliveries\":1,").contains("\"duplicates\":1,");
        assertThat(runsBegun()).isEqualTo(1);
    }

    @Test
    void what_the_policy_forbids_is_red_at_once_also_through_the_queue() throws Exception {
        try (RunningService _ = worker()) {
            for (String sample : List.of("deny_net.json", "write_forbidden.json")) {
                Ended ended = submit(
                        Files.readString(Program.DISTRIBUTION.resolve("samples").resolve(sample)), "--wait");

                assertThat(ended.exitCode()).as(ended.err()).isEqualTo(20);
                assertThat(text(json(ended), "verdict")).isEqualTo("red");
                assertThat(((JsonNumber) json(ended).get("duration_ms").orElseThrow()).unsignedLong())
                        .as("nothing ran")
                        .hasValue(0);
            }
        }
    }

    @Test
    void a_worker_that_is_told_to_stop_lets_the_job_at_hand_end_first() throws Exception {
        String job;
        try (RunningService worker = worker()) {
            job = sent("{\"cmd\": \"sleep 2; echo to the end\"}");
            until(() -> runsBegun() == 1);
            assertThat(worker.terminate()).isZero();
        }
        Ended result = mayfly("job", "result", job).run();
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(text(json(result), "stdout")).isEqualTo("to the end\n");
    }

    @Test
    void who_is_tired_of_waiting_leaves_the_job_in_line() throws Exception {
        Process waiting = mayfly("submit", "--wait", "-f", request("{\"cmd\": \"echo patience\"}"))
                .start();
        until(() -> mayfly("job", "ls", "--state", "queued").run().out().contains("echo patience"));
        new ProcessBuilder("kill", "-INT", Long.toString(waiting.pid())).start().waitFor();
        // Where this build was started in the background of a shell, SIGINT is ignored, by its children too.
        boolean ended = waiting.waitFor(30, TimeUnit.SECONDS);
        waiting.destroyForcibly();
        assertThat(ended).as("SIGINT ends it").isTrue();
        assertThat(waiting.exitValue()).isEqualTo(130);

        String job = sent("{\"cmd\": \"echo patience\"}");
        assertThat(state(job)).isEqualTo("queued");
        try (RunningService _ = worker()) {
            Ended result = mayfly("job", "result", "--wait", job).run();
            assertThat(result.exitCode()).as(result.err()).isZero();
        }
        assertThat(runsBegun()).isEqualTo(1);
    }

    @Test
    void what_is_no_request_becomes_a_dead_letter_that_can_be_put_in_line_again() throws Exception {
        try (RunningService _ = worker()) {
            publishRaw(home, "{\"cmd\": 7}".getBytes(StandardCharsets.UTF_8));
            until(() -> letters().size() == 1);
            long first = letters().getFirst();

            Ended requeued =
                    mayfly("job", "dlq", "requeue", Long.toString(first)).run();
            assertThat(requeued.exitCode()).as(requeued.err()).isZero();
            // It is no better than before, so it comes back: as another letter.
            until(() -> letters().size() == 1 && letters().getFirst() > first);
            assertThat(runsBegun()).isZero();
        }
    }

    @Test
    void a_job_that_was_cancelled_in_line_never_runs() throws Exception {
        String job = sent("{\"cmd\": \"echo never\"}");
        assertThat(mayfly("job", "cancel", job).run().exitCode()).isZero();
        assertThat(state(job)).isEqualTo("cancelled");

        try (RunningService _ = worker()) {
            assertThat(submit("{\"cmd\": \"echo another\"}", "--wait").exitCode())
                    .isZero();
        }
        assertThat(runsBegun()).as("only the other one").isEqualTo(1);
        assertThat(state(job)).isEqualTo("cancelled");
    }

    @Test
    void a_job_that_is_cancelled_while_it_runs_is_ended() throws Exception {
        try (RunningService _ = worker()) {
            String job = sent("{\"cmd\": \"sleep 14\"}");
            until(() -> runsBegun() == 1);
            assertThat(mayfly("job", "cancel", job).run().exitCode()).isZero();

            until(() -> state(job).equals("cancelled"));
            assertThat(mayfly("job", "result", job).run().err()).contains("cancelled");
        }
        List<String> noted = Files.readAllLines(trialLog());
        long nanos = Long.parseLong(noted.get(1).split(" ", -1)[3])
                - Long.parseLong(noted.get(0).split(" ", -1)[3]);
        assertThat(noted.get(1)).startsWith("end ");
        assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(13));
    }

    @Test
    void a_worker_whose_disk_is_full_takes_no_jobs_says_so_and_goes_on_when_there_is_room() throws Exception {
        int port = freePort();
        try (Disk disk = Disk.mount(folder.resolve("disk"), 200)) {
            home = disk.place().resolve("home");
            try (RunningService _ = worker(mayfly("worker").with("MAYFLY_METRICS_LISTEN", "127.0.0.1:" + port))) {
                assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
                disk.fill(16);
                String job = sent("{\"cmd\": \"echo room\"}");
                until(() -> get(port, "/healthz").statusCode() == 503);
                assertThat(get(port, "/healthz").body()).contains("\"stopped\"").contains("too little room");
                assertThat(state(job)).isEqualTo("queued");

                disk.empty();
                Ended result = mayfly("job", "result", "--wait", job).run();
                assertThat(result.exitCode()).as(result.err()).isZero();
                assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
            }
        }
        assertThat(runsBegun()).isEqualTo(1);
    }
}
