package dev.mayfly.fleet.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.runner.GuestState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerWatchTest {
    private static final String LISTENER = "/opt/actions-runner/bin/Runner.Listener";
    private static final String WORKER = "/opt/actions-runner/bin/Runner.Worker";

    @TempDir
    Path folder;

    @Test
    void a_runner_waits_gets_ready_works_and_has_finished() throws IOException {
        AtomicReference<List<String>> programs = new AtomicReference<>(List.of("/usr/sbin/sshd"));
        try (RunnerWatch watch = new RunnerWatch(folder, programs::get, Log.off())) {
            watch.look();
            assertThat(watch.state()).isEqualTo(GuestState.OFFLINE);
            Files.writeString(
                    folder.resolve(".runner"),
                    "{\"agentName\":\"gh-1\",\"gitHubUrl\":\"https://ghe.example.org/octo/app/\",\"workFolder\":\"jobs\"}");
            programs.set(List.of(LISTENER));
            watch.look();
            assertThat(watch.state()).isEqualTo(GuestState.IDLE);
            assertThat(watch.file()).hasValue(new RunnerFile("gh-1", "octo/app", "jobs"));
            programs.set(List.of(LISTENER, WORKER));
            watch.look();
            assertThat(watch.state()).isEqualTo(GuestState.PREPARING);
            Files.createDirectories(folder.resolve("jobs/_temp/_runner_file_commands"));
            watch.look();
            assertThat(watch.state()).isEqualTo(GuestState.RUNNING);
            programs.set(List.of(LISTENER));
            Files.delete(folder.resolve(".runner"));
            watch.look();
            assertThat(watch.state()).isEqualTo(GuestState.FINISHED);
            assertThat(watch.file()).as("what it was stays known").isPresent();
            programs.set(List.of(LISTENER, WORKER));
            watch.look();
            assertThat(watch.state()).as("it is for one job").isEqualTo(GuestState.FINISHED);
        }
    }

    @Test
    void every_change_is_one_that_guest_states_allow_but_for_what_was_too_short_to_be_seen() {
        for (GuestState before : GuestState.values()) {
            for (boolean listener : List.of(false, true)) {
                for (boolean worker : List.of(false, true)) {
                    for (boolean stepping : List.of(false, true)) {
                        GuestState after = new RunnerSight(listener, worker, stepping).after(before);
                        assertThat(reaches(before, after))
                                .as("%s to %s", before, after)
                                .isTrue();
                    }
                }
            }
        }
    }

    /** Forward, without having been away in between. */
    private static boolean reaches(GuestState from, GuestState to) {
        return from == to
                || from.after().stream()
                        .filter(next -> next != GuestState.OFFLINE || to == GuestState.OFFLINE)
                        .filter(next -> next.ordinal() > from.ordinal() || next == to)
                        .anyMatch(next -> next == to || reaches(next, to));
    }

    @Test
    void a_file_that_is_half_written_or_something_else_is_none() throws IOException {
        assertThat(RunnerFile.read(folder)).isEmpty();
        Path file = folder.resolve(".runner");
        for (String text : Set.of("", "{\"agentName\":", "[]", "\uFEFF")) {
            Files.writeString(file, text);
            assertThat(RunnerFile.read(folder)).as(text).isEmpty();
        }
        Files.writeString(file, "{\"agentName\":7,\"gitHubUrl\":\"https://github.com/octo\"}");
        assertThat(RunnerFile.read(folder)).hasValue(new RunnerFile("", "octo", "_work"));
    }

    @Test
    void processes_are_found_by_their_program() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path listener = bin.resolve("Runner.Listener");
        Files.copy(Path.of("/bin/sleep").toRealPath(), listener);
        assertThat(listener.toFile().setExecutable(true)).isTrue();
        Process process = new ProcessBuilder(listener.toString(), "600").start();
        try (RunnerWatch watch = RunnerWatch.start(folder, Log.off())) {
            Instant until = Instant.now().plus(Duration.ofSeconds(60));
            while (watch.state() != GuestState.IDLE && Instant.now().isBefore(until)) {
                Thread.sleep(20);
            }
            assertThat(watch.state()).isEqualTo(GuestState.IDLE);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_seed_is_read_as_it_was_written_and_nothing_else_is_one() throws IOException {
        Seed seed = new Seed(
                "shoes-vz-1.17", "0123456789abcdef0123456789abcdef", "runner-1", "ssh-ed25519 AAAA x", "10.0.0.1:8081");
        Path disk = folder.resolve("seed.img");
        Files.write(disk, seed.bytes());
        assertThat(Seed.read(disk)).isEqualTo(seed);
        assertThat(Files.size(disk) % 4096).isZero();
        assertThat(seed.toString()).doesNotContain(seed.nonce());
        Files.write(disk, new byte[16384]);
        assertThatThrownBy(() -> Seed.read(disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no seed");
        Files.writeString(disk, "MAYFLY SEED 1\n{\"runner\":\"a\"}\0");
        assertThatThrownBy(() -> Seed.read(disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nonce");
    }
}
