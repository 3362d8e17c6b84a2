package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceIT {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void chooseHome() {
        home = folder.resolve("home");
    }

    @Test
    void it_says_when_it_is_ready_answers_and_ends_in_order_on_SIGTERM() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            assertThat(service.readyLine())
                    .isEqualTo("mayfly is ready: pid " + service.pid() + ", socket " + home.resolve("run/mayfly.sock"));

            Ended status = Program.mayfly(home, "status", "--json").run();
            assertThat(status.exitCode()).isZero();
            assertThat(status.out()).contains("\"pid\": " + service.pid());

            assertThat(service.terminate()).isZero();
        }
        assertThat(home.resolve("run/mayfly.sock")).doesNotExist();
        assertThat(home.resolve("run/mayfly.pid")).doesNotExist();
        assertThat(Program.mayfly(home, "status").run().exitCode()).isEqualTo(69);
    }

    @Test
    void only_its_owner_can_reach_it() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            assertThat(service.readyLine()).startsWith("mayfly is ready");
            assertThat(Files.getPosixFilePermissions(home.resolve("run"))).hasSize(3);
        }
    }

    @Test
    void a_second_one_in_the_same_home_is_refused_and_the_first_lives_on() {
        try (RunningService first = RunningService.start(home)) {
            Ended second = Program.mayfly(home, "up").run();

            assertThat(second.exitCode()).isEqualTo(69);
            assertThat(second.out()).isEmpty();
            assertThat(second.err()).contains("error MF-5004: a service already listens");
            assertThat(Program.mayfly(home, "status").run().out()).contains("pid: " + first.pid());
        }
    }

    @Test
    void the_flag_for_the_home_folder_wins_over_the_variable_before_and_after_the_command() {
        try (RunningService service = RunningService.start(home)) {
            Path other = folder.resolve("other");
            for (List<String> words : List.of(
                    List.of("--home", home.toString(), "status"),
                    List.of("--home=" + home, "status"),
                    List.of("status", "--home", home.toString()))) {
                Ended ended =
                        Program.mayfly(other, words.toArray(String[]::new)).run();
                assertThat(ended.out()).as("%s", words).contains("pid: " + service.pid());
            }
        }
    }

    @Test
    void after_it_was_killed_commands_work_without_it_and_a_new_one_takes_its_place() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            service.kill();
        }
        assertThat(home.resolve("run/mayfly.sock")).exists();

        Ended doctor = Program.mayfly(home, "doctor", "--json").run();
        assertThat(doctor.out()).startsWith("{");
        assertThat(doctor.err()).doesNotContain("MF-");

        try (RunningService next = RunningService.start(home)) {
            assertThat(Program.mayfly(home, "status").run().out()).contains("pid: " + next.pid());
        }
    }

    @Test
    void a_dead_socket_whose_process_number_a_stranger_has_taken_is_survived_too() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            service.kill();
        }
        Files.writeString(
                home.resolve("run/mayfly.pid"), ProcessHandle.current().pid() + "\n");

        Ended doctor = Program.mayfly(home, "doctor", "--json").run();

        assertThat(doctor.out()).startsWith("{");
        assertThat(doctor.err()).doesNotContain("MF-");
    }

    @Test
    void many_clients_at_once_are_all_answered() {
        try (RunningService service = RunningService.start(home)) {
            List<CompletableFuture<Ended>> clients = IntStream.range(0, 8)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(
                            () -> Program.mayfly(home, "status").run()))
                    .toList();
            assertThat(clients).allSatisfy(client -> {
                assertThat(client.join().exitCode()).isZero();
                assertThat(client.join().out()).contains("pid: " + service.pid());
            });
        }
    }

    @Test
    void a_home_that_cannot_be_made_is_an_error_with_a_fix() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        Ended ended = Program.mayfly(file.resolve("home"), "up").run();

        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("error MF-4001: ").contains("\nfix: ");
    }

    @Test
    void every_problem_of_the_configuration_is_told_at_once_with_its_line() {
        Program.write(home.resolve("mayfly.yaml"), "slots: none\nlog:\n  level: info\n  formet: json\n");

        Ended ended = Program.mayfly(home, "up").run();

        assertThat(ended.exitCode()).isEqualTo(64);
        assertThat(ended.err())
                .startsWith("error MF-1002: the configuration has 2 problems")
                .contains("mayfly.yaml:1", "mayfly.yaml:4", "did you mean log.format?");
    }

    @Test
    void its_log_can_be_json_lines() throws IOException {
        Program.write(home.resolve("mayfly.yaml"), "log: {format: json}\n");
        Process process = Program.mayfly(home, "up").start();
        try {
            assertThat(process.inputReader().readLine()).startsWith("mayfly is ready");
            process.toHandle().destroy();
            assertThat(new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                            .lines())
                    .isNotEmpty()
                    .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        } finally {
            process.destroyForcibly();
        }
    }
}
