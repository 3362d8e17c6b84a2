package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded queue as a user meets it: every command, with and without a service. */
class QueueIT {
    private static final Pattern ID = Pattern.compile("r_[0-9a-f]{64}");

    /** Red by what it asks for, so that it has its result on machines without a sandbox too. */
    private static final String RED = "{\"cmd\":\"curl http://example.org\"}";

    private static final String SLOW = "{\"cmd\":\"sleep 12\"}";

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void chooseHome() {
        home = folder.resolve("home");
        Program.write(home.resolve("mayfly.yaml"), "metrics: {listen: off}\nworker: {allow-degraded: on}\n");
    }

    private Ended mayfly(String... words) {
        return Program.mayfly(home, words).run();
    }

    private Ended submit(String request, String... more) {
        List<String> words = new ArrayList<>(List.of("submit", "-f", "-"));
        words.addAll(List.of(more));
        return Program.mayfly(home, words.toArray(String[]::new))
                .reading(request)
                .run();
    }

    private static String id(Ended ended) {
        Matcher matcher = ID.matcher(ended.out());
        assertThat(matcher.find()).as(ended.out() + ended.err()).isTrue();
        return matcher.group();
    }

    private RunningService serve() {
        Needs.linux();
        Needs.that(
                mayfly("doctor").exitCode() == 0, "sandbox", "mayfly doctor says that no untrusted code can run here");
        RunningService service = RunningService.start(home);
        assertThat(service.readyLine()).startsWith("mayfly is ready");
        return service;
    }

    @Test
    void whoever_waits_gets_the_result_and_a_duplicate_the_same_bytes() throws Exception {
        try (RunningService service = serve()) {
            Ended first = submit(RED, "--wait", "--timeout", "60");
            Ended second = submit(RED, "--wait", "--timeout", "60");
            Ended later = mayfly("job", "result", id(first).substring(0, 12));

            assertThat(first.exitCode()).as(first.err()).isEqualTo(20);
            assertThat(first.out()).contains("\"verdict\": \"red\"");
            assertThat(second.out()).isEqualTo(first.out());
            assertThat(later.out()).isEqualTo(first.out());
            assertThat(List.of(second.exitCode(), later.exitCode())).containsOnly(20);
            assertThat(submit(RED).out()).contains("\"known\": true", "\"state\": \"done\"");
            assertThat(mayfly("job", "ls").out().lines()).hasSize(2).anyMatch(row -> row.contains("CHANGED AT"));
            assertThat(service.terminate()).isZero();
        }
    }

    @Test
    void a_request_waits_for_a_service_that_comes_later_and_its_result_outlives_that() throws Exception {
        Ended sent = submit(RED);
        assertThat(sent.exitCode()).as(sent.err()).isZero();
        assertThat(sent.out()).contains("\"state\": \"queued\"", "\"known\": false");
        assertThat(mayfly("job", "ls", "--state", "queued").out()).contains(id(sent));
        assertThat(mayfly("job", "show", id(sent)).out())
                .contains("\"submitted_at\"", "\"changed_at\"")
                .doesNotContain("finished_at");

        try (RunningService service = serve()) {
            assertThat(mayfly("job", "result", id(sent), "--wait", "--timeout", "60")
                            .exitCode())
                    .isEqualTo(20);
            assertThat(mayfly("status").out()).contains("queue: embedded, waiting 0, out 0, dead letters 0");
            assertThat(mayfly("status", "--json").out()).contains("\"state\": \"fetching\"");
            assertThat(mayfly("doctor").out()).contains("queue-worker", "queue.db is readable");
            assertThat(service.terminate()).isZero();
        }
        assertThat(submit(RED, "--wait", "--timeout", "0").exitCode()).isEqualTo(20);
    }

    @Test
    void who_waits_in_vain_hears_why_and_can_ask_again() throws Exception {
        Ended ended = submit(RED, "--wait", "--timeout", "1");

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains("error MF-6104", "none is heard of: mayfly worker starts one", "mayfly job result --wait r_");

        Process waiting = Program.mayfly(home, "submit", "-f", "-", "--wait").start();
        try {
            try (var stdin = waiting.getOutputStream()) {
                stdin.write(RED.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            var lines = waiting.errorReader();
            assertThat(lines.readLine()).contains("known already, queued");
            waiting.toHandle().destroy();
            assertThat(waiting.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(lines.lines().toList()).anyMatch(line -> line.contains("stays in the queue"));
        } finally {
            waiting.destroyForcibly();
        }
        assertThat(mayfly("job", "ls", "--state", "queued", "--json").out()).containsOnlyOnce("\"queued\"");
    }

    @Test
    void a_job_that_was_cancelled_in_line_does_not_run_and_can_be_sent_again() throws Exception {
        String id = id(submit(RED));
        assertThat(mayfly("job", "cancel", id).out()).contains("\"cancelled\"");
        Ended result = mayfly("job", "result", id);
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).startsWith("error MF-6103: the job was cancelled");
        assertThat(submit(RED).out()).contains("\"queued\"", "\"known\": false");
        try (RunningService service = serve()) {
            assertThat(mayfly("job", "result", id, "--wait", "--timeout", "60").exitCode())
                    .isEqualTo(20);
            assertThat(service.terminate()).isZero();
        }
    }

    @Test
    void a_running_job_says_where_it_runs_and_is_stopped_when_cancelled() throws Exception {
        try (RunningService service = serve()) {
            String id = id(submit(SLOW));
            Ended shown = mayfly("job", "show", id);
            for (int i = 0; i < 100 && !shown.out().contains("\"running\""); i++) {
                Thread.sleep(100);
                shown = mayfly("job", "show", id);
            }
            assertThat(shown.out()).contains("\"running_since\"", "\"pid\": " + service.pid());
            assertThat(mayfly("job", "cancel", id).out()).contains("\"cancel_wanted\": true");
            assertThat(mayfly("job", "result", id, "--wait", "--timeout", "30").err())
                    .contains("error MF-6103");
        }
    }

    @Test
    void what_is_wrong_is_told_with_a_fix_and_its_own_exit_code() throws IOException {
        record Wrong(int exitCode, String error, String... words) {}
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"cmd\": ");
        for (Wrong wrong : List.of(
                new Wrong(64, "submit needs a request", "submit"),
                new Wrong(69, "cannot read none.json", "submit", "-f", "none.json"),
                new Wrong(1, "the request is not one JSON object", "submit", "-f", broken.toString()),
                new Wrong(64, "queue is 'bogus'", "submit", "-f", "samples/ok.json", "--queue", "bogus"),
                new Wrong(64, "--timeout does not understand", "submit", "-f", "x", "--wait", "--timeout", "-1"),
                new Wrong(69, "there is no job r_abc", "job", "result", "r_abc"),
                new Wrong(69, "there is no job nonsense", "job", "cancel", "nonsense"),
                new Wrong(64, "no job is 'late'", "job", "ls", "--state", "late"),
                new Wrong(64, "is no number of a dead letter", "job", "dlq", "requeue", "x"),
                new Wrong(69, "there is no dead letter 7", "job", "dlq", "requeue", "7"))) {
            Ended ended = mayfly(wrong.words());
            assertThat(ended.err()).as("%s", List.of(wrong.words())).contains(wrong.error(), "fix: ");
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(wrong.exitCode());
            assertThat(ended.out()).isEmpty();
        }
    }

    @Test
    void looking_makes_no_queue_where_none_was() {
        assertThat(mayfly("job", "ls").exitCode()).isZero();
        assertThat(mayfly("doctor").out()).doesNotContain("queue-worker");
        assertThat(home.resolve("queue.db")).doesNotExist();
    }

    @Test
    void results_go_whole_into_a_file() throws IOException {
        Path out = folder.resolve("sent.json");
        assertThat(submit(RED, "--out", out.toString()).out()).isEmpty();
        assertThat(Files.readString(out)).contains("\"state\": \"queued\"").endsWith("}\n");
    }
}
