package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service of environments as its users meet it: real processes, started together, killed, left alone. */
class EnvServiceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path temp;

    private Path home;
    private Path at;

    @BeforeEach
    void folders() throws IOException {
        Needs.linux();
        home = Files.createDirectory(temp.resolve("h"));
        at = Files.createDirectory(temp.resolve("at"));
    }

    @AfterEach
    void nothing_runs_on() {
        env("service", "stop");
        env("runtime", "prune");
    }

    private Program program(String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(Arrays.asList(words));
        return Program.mayfly(home, all.toArray(String[]::new)).with("MAYFLY_ENV_AT", at.toString());
    }

    private Ended env(String... words) {
        return program(words).run();
    }

    private String done(String... words) {
        Ended ended = env(words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    private void base() throws IOException {
        Needs.root();
        Path tools = Files.createDirectories(temp.resolve("tools"));
        Files.writeString(tools.resolve("greeting"), "hello\n");
        done("init");
        done("commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
    }

    private static long number(String json, String member) {
        Matcher found = Pattern.compile("\"" + member + "\": (\\d+)").matcher(json);
        assertThat(found.find()).as(member + " in " + json).isTrue();
        return Long.parseLong(found.group(1));
    }

    private String status() {
        return done("service", "status", "--json");
    }

    private ProcessHandle started() {
        return ProcessHandle.of(number(done("service", "start", "--json"), "pid"))
                .orElseThrow();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("run/env.log"));
    }

    @Test
    void eight_who_start_it_at_once_get_one_service_that_answers() throws Exception {
        List<Ended> all = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<Ended>> starts = IntStream.range(0, 8)
                    .mapToObj(_ -> threads.submit(() -> env("service", "start", "--json")))
                    .toList();
            for (Future<Ended> start : starts) {
                all.add(start.get());
            }
        }
        assertThat(all)
                .allSatisfy(
                        ended -> assertThat(ended.exitCode()).as(ended.err()).isZero());
        assertThat(all.stream().filter(ended -> ended.out().contains("\"started\": true")))
                .hasSize(1);
        assertThat(all.stream().map(ended -> number(ended.out(), "pid")).distinct())
                .containsExactly(number(status(), "pid"));
        assertThat(done("service", "stop")).isEqualTo("stopped\n");
        assertThat(home.resolve("run/env.sock")).doesNotExist();
        assertThat(done("service", "stop")).isEqualTo("no service runs\n");
    }

    @Test
    void a_service_that_was_killed_is_told_of_and_is_not_in_the_way_of_the_next() throws Exception {
        ProcessHandle first = started();
        first.destroyForcibly();
        await("its end", () -> !first.isAlive());
        assertThat(home.resolve("run/env.sock")).exists();
        Ended told = env("service", "status");
        assertThat(told.exitCode()).isEqualTo(69);
        assertThat(told.err()).startsWith("error MF-7204: ").contains("fix: mayfly env service start");
        assertThat(started().pid()).isNotEqualTo(first.pid());
        assertThat(status()).contains("\"healthy\": true");
    }

    @Test
    void a_service_that_does_not_answer_is_told_by_its_address_and_its_process() throws Exception {
        ProcessHandle service = started();
        assertThat(Program.of("kill", "-STOP", "" + service.pid()).run().exitCode())
                .isZero();
        try {
            Ended told = env("service", "status");
            assertThat(told.exitCode()).isEqualTo(69);
            assertThat(told.err())
                    .startsWith("error MF-7205: ")
                    .contains(home.resolve("run/env.sock").toString())
                    .contains("fix: kill " + service.pid());
        } finally {
            assertThat(Program.of("kill", "-CONT", "" + service.pid()).run().exitCode())
                    .isZero();
        }
    }

    @Test
    void a_service_that_nobody_needs_ends_by_itself() throws Exception {
        Ended ended = program("service", "start")
                .with("MAYFLY_ENV_SERVICE_IDLE", "15s")
                .run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        await("its end", () -> !Files.exists(home.resolve("run/env.sock")));
        await("its last word", () -> {
            try {
                return log().contains("stopped");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(log()).contains("nobody needs this service");
    }

    @Test
    void a_service_that_is_told_by_a_signal_stops_in_order() throws Exception {
        ProcessHandle service = started();
        service.destroy();
        await("its end", () -> !service.isAlive());
        assertThat(log()).contains("told to stop by a signal").contains("stopped");
        assertThat(home.resolve("run/env.sock")).doesNotExist();
        assertThat(home.resolve("run/env-enter.sock")).doesNotExist();
    }

    @Test
    void commands_run_through_the_service_as_they_do_without_it() throws Exception {
        base();
        ProcessHandle _ = started();
        assertThat(done("run", "tools/base", "--", "cat", at + "/greeting")).isEqualTo("hello\n");
        assertThat(env("run", "tools/base", "--", "sh", "-c", "exit 7").exitCode())
                .isEqualTo(7);
        assertThat(env("run", "tools/base", "sh", "-c", "kill -9 $$").exitCode())
                .isEqualTo(137);
        Ended edited = env(
                "run",
                "--edit",
                "--size=1m",
                "tools/base",
                "--",
                "sh",
                "-c",
                "echo x > " + at + "/x && cat " + at + "/x && env | grep -c MAYFLY_RUNTIME= && head -c 2m /dev/zero > "
                        + at + "/y");
        assertThat(edited.out()).isEqualTo("x\n1\n");
        assertThat(edited.exitCode()).isEqualTo(1);
        assertThat(edited.err()).contains("the room for changes is full: 1 MB");
        Ended input =
                program("run", "tools/base", "--", "cat").reading("from stdin").run();
        assertThat(input.out()).isEqualTo("from stdin");
        assertThat(program("shell", "tools/base")
                        .with("SHELL", "/bin/sh")
                        .reading("pwd; exit 3")
                        .run())
                .isEqualTo(new Ended(3, Program.REPOSITORY + "\n", ""));
        assertThat(at).isEmptyDirectory();
        assertThat(number(status(), "cache_misses")).isEqualTo(1);
        assertThat(number(status(), "cache_hits")).isEqualTo(5);
    }

    @Test
    void a_durable_runtime_goes_on_at_once_after_it_has_ended() throws Exception {
        base();
        ProcessHandle _ = started();
        for (int i = 0; i < 5; i++) {
            done(
                    "run",
                    "--keep",
                    "--name",
                    "work",
                    "tools/base",
                    "--",
                    "sh",
                    "-c",
                    "echo " + i + " >> " + at + "/notes");
        }
        assertThat(done("run", "--keep", "--name", "work", "tools/base", "--", "cat", at + "/notes"))
                .isEqualTo("0\n1\n2\n3\n4\n");
        done("runtime", "remove", "work");
    }

    @Test
    void errors_are_those_that_there_are_without_it() throws Exception {
        base();
        ProcessHandle _ = started();
        for (String[] words : new String[][] {
            {"run", "tools/bass", "--", "true"},
            {"run", "--at", temp.resolve("none").toString(), "tools/base", "--", "true"},
            {"run", "--edit", "--size", "lots", "tools/base", "--", "true"},
            {"run", "tools/base"},
            {"run", "--edti", "tools/base", "--", "true"},
            {"run", "tools/base", "--", "no-such-program"},
        }) {
            Ended with = program(words).run();
            Ended without = program(words).with("MAYFLY_ENV_SERVICE", "off").run();
            assertThat(with).as(String.join(" ", words)).isEqualTo(without);
            assertThat(with.exitCode()).isNotZero();
        }
        assertThat(log()).contains("MF-7001");
        assertThat(done("runtime", "list", "--json").strip()).isEqualTo("[]");
    }

    @Test
    void status_names_who_has_which_environment_also_after_the_service_was_killed() throws Exception {
        base();
        ProcessHandle service = started();
        Process run = program("run", "--name", "work", "--edit", "tools/base", "--", "sleep", "600")
                .start();
        try {
            await("the runtime", () -> status().contains("\"runtime_name\": \"work\""));
            String status = status();
            assertThat(status).contains("\"active_mounts\": 1", "\"env_spec\": \"tools/base\"", "\"editable\": true");
            long root = number(status, "root_pid");
            assertThat(ProcessHandle.of(root)).isPresent();
            assertThat(log()).contains("mounted", "root_pid=" + root, "env_spec=tools/base", "runtime_name=work");

            service.destroyForcibly();
            await("its end", () -> !service.isAlive());
            assertThat(run.isAlive()).isTrue();
            ProcessHandle _ = started();
            assertThat(number(status(), "root_pid")).isEqualTo(root);
        } finally {
            run.destroy();
            assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(run.exitValue()).isEqualTo(143);
        await("the end of the runtime", () -> status().contains("\"active_mounts\": 0"));
    }

    @Test
    void an_environment_can_ask_for_the_service_to_be_started_for_the_next_command() throws Exception {
        base();
        Ended ended = program("run", "tools/base", "--", "true")
                .with("MAYFLY_ENV_SERVICE", "start")
                .run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        await("the service", () -> env("service", "status").exitCode() == 0);
        assertThat(number(status(), "lookup_count")).isZero();
        done("run", "tools/base", "--", "true");
        assertThat(number(status(), "lookup_count")).isEqualTo(1);
    }
}
