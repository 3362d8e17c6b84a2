package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An environment that only a server has, far away behind a slow link, is run before it is here. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class LazyEnvIT {
    private static final int LARGE = 12 << 20;
    private static final int SLOW = 1 << 20;
    private static final int FAST = 100 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path temp;

    private Path origin;
    private Path home;
    private Path at;
    private byte[] large;
    private Process server;
    private SlowLink link;

    @BeforeEach
    void far_away() throws Exception {
        Needs.root();
        Needs.that(Files.exists(Path.of("/dev/fuse")), "fuse", "there is no /dev/fuse");
        origin = Files.createDirectory(temp.resolve("origin"));
        home = Files.createDirectory(temp.resolve("home"));
        at = Files.createDirectory(temp.resolve("at"));
        Path tools = Files.createDirectories(temp.resolve("tools/bin")).getParent();
        Files.writeString(tools.resolve("bin/small"), "hello\n");
        Files.createSymbolicLink(tools.resolve("bin/link"), Path.of("small"));
        large = new byte[LARGE];
        new Random(5).nextBytes(large);
        Files.write(tools.resolve("large"), large);
        done(origin, "init", "--spfs");
        done(origin, "commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
        done(home, "init");
        int port = freePort();
        server = program(origin, "server", "--listen", "127.0.0.1:" + port).start();
        byte[] ready = server.getInputStream().readNBytes("mayfly env server is ready".length());
        assertThat(new String(ready, StandardCharsets.UTF_8)).isEqualTo("mayfly env server is ready");
        link = new SlowLink(port, SLOW);
    }

    @AfterEach
    void nothing_stays_mounted() throws Exception {
        if (link != null) {
            link.heal();
            link.rate(FAST);
            eventually("everything has arrived, and the view is taken down", () -> {
                env(home, "runtime", "prune");
                return !Files.readString(Path.of("/proc/self/mounts")).contains(temp.toString());
            });
            link.close();
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            eventually("nobody serves the view any more", () -> feeders().isEmpty());
        }
    }

    private Program program(Path whose, String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(words));
        Program program = Program.mayfly(whose, all.toArray(String[]::new)).with("MAYFLY_ENV_AT", at.toString());
        return link == null || !whose.equals(home)
                ? program
                : program.with("MAYFLY_ENV_ORIGIN", "127.0.0.1:" + link.port());
    }

    private Ended env(Path whose, String... words) {
        return program(whose, words).run();
    }

    private String done(Path whose, String... words) {
        Ended ended = env(whose, words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(500);
        }
    }

    private boolean isHere() {
        return env(home, "tags", "--short").out().contains("tools/base");
    }

    private String sum() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(large));
    }

    private String log() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> views = Files.list(home.resolve("env/lazy"))) {
            for (Path each : views.toList()) {
                text.append(Files.readString(each.resolve("log")));
            }
        }
        return text.toString();
    }

    private List<ProcessHandle> feeders() {
        return ProcessHandle.allProcesses()
                .filter(each -> {
                    try {
                        String words = Files.readString(
                                Path.of("/proc/" + each.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
                        return words.contains("\0feed\0") && words.contains(home.toString());
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    @Test
    void a_command_runs_at_once_and_the_rest_arrives_meanwhile_and_is_then_local() throws Exception {
        assertThat(done(home, "run", "tools/base", "--", "cat", at + "/bin/link"))
                .isEqualTo("hello\n");
        assertThat(isHere()).as("it ran before all was here").isFalse();
        assertThat(feeders()).hasSize(1);
        link.rate(FAST);
        eventually("everything arrives without anybody asking for it", this::isHere);
        assertThat(done(home, "check", "--deep", "--json")).contains("\"whole\": true");
        link.cut();
        assertThat(done(home, "run", "tools/base", "--", "sha256sum", at + "/large"))
                .startsWith(sum());
        assertThat(done(home, "run", "tools/base", "--", "grep", at.toString(), "/proc/self/mounts"))
                .contains("erofs");
    }

    @Test
    void the_server_of_a_view_can_be_killed_and_its_readers_do_not_notice() throws Exception {
        Process running = program(home, "run", "tools/base", "--", "sh", "-c", "echo begun; sha256sum " + at + "/large")
                .start();
        BufferedReader said = new BufferedReader(new InputStreamReader(running.getInputStream()));
        assertThat(said.readLine()).isEqualTo("begun");
        List<ProcessHandle> first = feeders();
        assertThat(first).hasSize(1);
        first.forEach(ProcessHandle::destroyForcibly);
        assertThat(said.readLine()).startsWith(sum());
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(running.exitValue()).isZero();
        assertThat(feeders()).doesNotContainAnyElementsOf(first);
    }

    @Test
    void when_the_origin_is_gone_readers_get_an_error_in_bounded_time_and_later_the_content() throws Exception {
        String script = "cat " + at + "/bin/small; read cut; cat " + at + "/large > " + temp + "/out 2>&1 && exit 9;"
                + " echo refused; read healed; sha256sum " + at + "/large";
        Process running =
                program(home, "run", "tools/base", "--", "sh", "-c", script).start();
        BufferedReader said = new BufferedReader(new InputStreamReader(running.getInputStream()));
        assertThat(said.readLine()).isEqualTo("hello");
        link.cut();
        running.getOutputStream().write("cut\n".getBytes(StandardCharsets.US_ASCII));
        running.getOutputStream().flush();
        long before = System.nanoTime();
        assertThat(said.readLine()).isEqualTo("refused");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofSeconds(1), PATIENCE);
        assertThat(Files.readString(temp.resolve("out"))).contains("Input/output error");
        assertThat(log()).contains("MF-").contains("digest=");
        link.heal();
        link.rate(FAST);
        Thread.sleep(3000);
        running.getOutputStream().write("healed\n".getBytes(StandardCharsets.US_ASCII));
        running.getOutputStream().flush();
        assertThat(said.readLine()).as(log()).startsWith(sum());
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void what_is_damaged_in_the_origin_is_never_read_and_can_be_healed_there() throws Exception {
        Path payload;
        try (Stream<Path> payloads = Files.walk(origin.resolve("env/repository/payloads"))) {
            payload = payloads.filter(
                            each -> Files.isRegularFile(each) && each.toFile().length() == LARGE)
                    .findFirst()
                    .orElseThrow();
        }
        byte[] wrong = large.clone();
        wrong[LARGE - 1] ^= 1;
        payload.toFile().setWritable(true);
        Files.write(payload, wrong);
        link.rate(FAST);
        Ended refused = env(home, "run", "tools/base", "--", "head", "-c", "10", at + "/large");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("Input/output error");
        assertThat(log()).contains("MF-").contains("digest=");
        assertThat(isHere()).isFalse();
        Files.write(payload, large);
        Thread.sleep(2500); // a failure is remembered for a moment
        assertThat(done(home, "run", "tools/base", "--", "sha256sum", at + "/large"))
                .startsWith(sum());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
