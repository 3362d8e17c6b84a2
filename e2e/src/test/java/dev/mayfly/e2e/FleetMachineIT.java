package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real machine as its users meet it: template, environment, server, agent, runner, and nothing left. */
class FleetMachineIT {
    private static final Pattern PORT = Pattern.compile("is ready: 127\\.0\\.0\\.1:(\\d+)");

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path temp;

    private Path home;
    private String address = "127.0.0.1:0";
    private final List<RunningService> running = new ArrayList<>();

    @BeforeEach
    void folders() throws IOException {
        home = Files.createDirectory(temp.resolve("h"));
    }

    @AfterEach
    void nothing_runs_on() {
        mayfly("fleet", "rm", "one").run();
        running.reversed().forEach(RunningService::close);
    }

    private Program mayfly(String... words) {
        return Program.mayfly(home, words).with("MAYFLY_FLEET_SERVER", address);
    }

    private String done(String... words) {
        Ended ended = mayfly(words).run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    private RunningService start(String... words) {
        RunningService service = RunningService.of(mayfly(words));
        running.add(service);
        return service;
    }

    /** A big file and a small one, a link, and a program. */
    private Path environment() throws IOException {
        Path tools = Files.createDirectories(temp.resolve("tools/bin")).getParent();
        Files.writeString(tools.resolve("bin/greet"), "#!/bin/sh\necho hello from the environment\n");
        assertThat(tools.resolve("bin/greet").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(tools.resolve("bin/hi"), Path.of("greet"));
        byte[] big = new byte[3_000_001];
        for (int i = 0; i < big.length; i++) {
            big[i] = (byte) (i * 31 >> 3);
        }
        Files.write(tools.resolve("big"), big);
        done("env", "init");
        done("env", "commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
        Path disks = temp.resolve("disks");
        assertThat(done("env", "disks", "tools/base", disks.toString())).contains("mayfly fleet agent --env");
        assertThat(mayfly("env", "disks", "tools/base", disks.toString()).run().err())
                .contains("is there already", "fix: ");
        return disks;
    }

    @Test
    void a_machine_sees_its_environment_says_how_it_does_and_how_long_starts_take_stays_known() throws Exception {
        Needs.linux();
        Needs.command("qemu-system-x86_64");
        Ended built = mayfly("fleet", "template", "build").run();
        Needs.that(built.exitCode() == 0, "template of machines", built.err().replace('\n', ' '));
        Path disks = environment();
        Leaks leaks = Leaks.snapshot(temp.toString());
        Matcher port = PORT.matcher(start("fleet", "server", "--listen", address, "--metrics", "off")
                .readyLine());
        assertThat(port.find()).isTrue();
        address = "127.0.0.1:" + port.group(1);
        start("fleet", "agent", "--name", "here", "--env", disks.toString());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!done("fleet", "agents").contains("online")) {
            assertThat(System.nanoTime()).as("the agent is there").isLessThan(end);
            Thread.sleep(100);
        }

        String added = done("fleet", "add", "one", "--type", "nano", "--script", script(), "--patience", "5m");
        assertThat(added).contains("one is ready on here");
        assertThat(done("fleet", "exec", "one", "--", "/env/bin/hi")).isEqualTo("hello from the environment\n");
        assertThat(done("fleet", "exec", "one", "--", "sha256sum", "/env/big"))
                .startsWith(dev.mayfly.base.digest.Sha256Digest.ofFile(temp.resolve("tools/big"))
                        .toString()
                        .substring("sha256:".length()));
        assertThat(mayfly("fleet", "exec", "one", "--", "touch", "/env/mine")
                        .run()
                        .out())
                .contains("Read-only file system");
        assertThat(done("fleet", "show", "one")).contains("guest state: running", "booted", "P50 / P95");
        assertThat(done("fleet", "show", "one", "--json"))
                .contains("\"guest_state\": \"running\"", "\"way\": \"booted\"", "\"total_p95_us\": ");
        assertThat(done("fleet", "top")).contains("by template", "debian");

        done("fleet", "rm", "one");
        running.reversed().forEach(RunningService::close);
        assertThat(done("fleet", "template", "ls"))
                .as("it is known without server and agent")
                .contains("starts on this host", "booted");
        assertThat(done("fleet", "template", "ls", "--json")).contains("\"starts\": 1");
        assertThat(done("fleet", "template", "verify", "debian")).contains("is as it was made");
        leaks.assertUnchanged(Duration.ofSeconds(30));
    }

    private String script() throws IOException {
        return Files.writeString(temp.resolve("job.sh"), "sleep 600\n").toString();
    }

    @Test
    void an_environment_that_is_none_is_refused_with_what_to_do() throws IOException {
        Path empty = Files.createDirectory(temp.resolve("empty"));
        Files.createDirectories(home.resolve("fleet/templates"));
        Ended fake = mayfly("fleet", "agent", "--backend", "fake", "--env", empty.toString())
                .run();
        assertThat(fake.exitCode()).isEqualTo(64);
        assertThat(fake.err()).contains("get no environment", "fix: ");
    }

    @Test
    void an_agent_in_a_machine_that_is_none_says_so() throws IOException {
        Path file = Files.writeString(temp.resolve("seed.img"), "something else");
        Ended guest = mayfly("guest", "--seed", file.toString()).run();
        assertThat(guest.exitCode()).isEqualTo(69);
        assertThat(guest.err()).contains("does not know who it is", "is no seed of a machine", "fix: ");
    }
}
