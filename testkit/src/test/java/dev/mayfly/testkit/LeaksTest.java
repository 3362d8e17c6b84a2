package dev.mayfly.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LeaksTest {
    @TempDir
    Path temp;

    /** Others make mounts on this machine meanwhile, so each test has a mark of its own. */
    private final String mark = "mayfly-leaks-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @Test
    void nothing_left_is_no_leak() throws Exception {
        Leaks leaks = Leaks.snapshot(mark);
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        new ProcessBuilder("true").start().waitFor();
        leaks.assertUnchanged();
    }

    @Test
    void a_living_child_is_found_and_no_longer_once_it_has_ended() throws Exception {
        Leaks leaks = Leaks.snapshot(mark);
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThatThrownBy(() -> leaks.assertUnchanged(Duration.ZERO))
                    .hasMessageContaining("process " + child.pid());
        } finally {
            child.destroyForcibly();
            child.waitFor(10, TimeUnit.SECONDS);
            child.getInputStream().close();
            child.getErrorStream().close();
            child.getOutputStream().close();
        }
        leaks.assertUnchanged();
    }

    @Test
    void an_orphan_is_found_by_its_command_line() throws Exception {
        Needs.linux();
        Leaks leaks = Leaks.snapshot(mark);
        // The shell ends at once; its background child belongs to init from then on.
        Process shell =
                new ProcessBuilder("sh", "-c", "sh -c 'sleep 30; : " + mark + "' >/dev/null 2>&1 & echo $!").start();
        long orphan = Long.parseLong(
                new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII).strip());
        shell.waitFor();
        try {
            assertThat(leaks.found())
                    .anyMatch(line -> line.startsWith("process " + orphan + " ") && line.contains(mark));
        } finally {
            ProcessHandle.of(orphan).ifPresent(process -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            });
        }
        leaks.assertUnchanged();
    }

    @Test
    void open_files_and_sockets_are_found() throws Exception {
        Needs.linux();
        Leaks leaks = Leaks.snapshot(mark);
        Path file = Files.createFile(temp.resolve("open"));
        try (FileChannel left = FileChannel.open(file, StandardOpenOption.READ);
                SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(left.isOpen() && socket.isOpen()).isTrue();
            assertThat(leaks.found())
                    .anyMatch(line -> line.contains(file.toString()))
                    .anyMatch(line -> line.contains("socket:["));
        }
        leaks.assertUnchanged();
    }

    @Test
    void a_mount_is_found() throws Exception {
        Needs.linux();
        Needs.root();
        Leaks leaks = Leaks.snapshot(mark);
        Path point = Files.createDirectory(temp.resolve(mark));
        Needs.that(run("mount", "-t", "tmpfs", mark, point.toString()) == 0, "mounts", "mounting a tmpfs failed");
        try {
            assertThat(leaks.found()).anyMatch(line -> line.startsWith("mount " + point + " type tmpfs"));
        } finally {
            assertThat(run("umount", point.toString())).isZero();
        }
        leaks.assertUnchanged();
    }

    @Test
    void a_cgroup_is_found() throws Exception {
        Needs.linux();
        Path parent = cgroupRoot();
        Path group = parent.resolve(mark);
        Leaks leaks = Leaks.snapshot(mark);
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            Needs.that(false, "cgroups", "cannot make one: " + e);
        }
        try {
            assertThat(leaks.found()).containsExactly("cgroup " + group);
        } finally {
            Files.delete(group);
        }
        leaks.assertUnchanged();
    }

    private static Path cgroupRoot() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            String line = lines.filter(each -> each.contains(" - cgroup2 "))
                    .findFirst()
                    .orElse("");
            Needs.that(!line.isEmpty(), "cgroups", "no cgroup2 file system is mounted");
            return Path.of(line.split(" ", -1)[4]);
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void a_missing_capability_skips_with_its_reason() {
        assertThatThrownBy(() -> Needs.that(false, "kvm", "no /dev/kvm"))
                .isInstanceOf(org.opentest4j.TestAbortedException.class)
                .hasMessage("not run here: kvm: no /dev/kvm");
        assertThatThrownBy(() -> Needs.command("no-such-command-anywhere"))
                .hasMessage("not run here: no-such-command-anywhere: no such command on the path");
        assertThatCode(() -> Needs.that(true, "x", "y")).doesNotThrowAnyException();
        assertThat(Needs.command("sh")).isExecutable();
    }

    @Test
    void fake_time_moves_clock_and_ticker_together() {
        FakeTime time = FakeTime.standing();
        long start = time.nanos();
        time.advance(Duration.ofMillis(1500));
        assertThat(time.since(start)).isEqualTo(1_500_000_000L);
        assertThat(time.clock().instant()).hasToString("2026-01-02T03:04:06.500Z");
        assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
