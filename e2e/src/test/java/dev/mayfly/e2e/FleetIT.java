package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet as its users meet it: server and agents are processes, killed and started again. Machines are fakes. */
class FleetIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern PORT = Pattern.compile("is ready: 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern METRICS = Pattern.compile("metrics at (http://\\S+)");

    @TempDir
    Path temp;

    private Path home;
    private String address = "127.0.0.1:0";
    private final List<RunningService> running = new ArrayList<>();

    @BeforeEach
    void folders() throws IOException {
        home = Files.createDirectory(temp.resolve("home"));
    }

    @AfterEach
    void nothing_runs_on() {
        running.forEach(RunningService::close);
    }

    private Program program(Path where, String... words) {
        List<String> all = new ArrayList<>(List.of("fleet"));
        all.addAll(List.of(words));
        return Program.mayfly(where, all.toArray(String[]::new)).with("MAYFLY_FLEET_SERVER", address);
    }

    private Ended fleet(String... words) {
        return program(home, words).run();
    }

    private String done(String... words) {
        Ended ended = fleet(words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    private RunningService start(Path where, String... words) {
        RunningService service = RunningService.of(program(where, words));
        running.add(service);
        return service;
    }

    private RunningService server() {
        RunningService server = start(home, "server", "--listen", address, "--metrics", "127.0.0.1:0");
        Matcher port = PORT.matcher(server.readyLine());
        assertThat(port.find()).as(server.readyLine()).isTrue();
        address = "127.0.0.1:" + port.group(1);
        return server;
    }

    /** On a home of its own, with nothing but the agents' token. */
    private RunningService agent(String name, String times) throws IOException {
        Path own = temp.resolve(name);
        Path token = own.resolve("fleet/agent-token");
        if (!Files.exists(token)) {
            Files.createDirectories(token.getParent());
            Files.copy(home.resolve("fleet/agent-token"), token);
        }
        return start(
                own,
                "agent",
                "--backend",
                "fake",
                "--fake-times",
                times,
                "--name",
                name,
                "--max-runners",
                "4",
                "--grace",
                "100ms");
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(100);
        }
    }

    private String member(String runner, String name) {
        Matcher found = Pattern.compile("\"" + name + "\": \"?([^\",\n]*)").matcher(done("show", "--json", runner));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private void bothHosts() throws InterruptedException {
        await("both hosts are there", () -> {
            String agents = done("agents");
            return agents.contains("one") && agents.contains("two") && !agents.contains("suspect");
        });
    }

    private long machines(String name) {
        try (Stream<Path> files = Files.list(temp.resolve(name).resolve("fleet/runners"))) {
            return files.filter(file -> file.toString().endsWith(".fake")).count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String metrics(RunningService server) throws IOException, InterruptedException {
        Matcher url = METRICS.matcher(server.readyLine());
        assertThat(url.find()).as(server.readyLine()).isTrue();
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            return client.send(
                            java.net.http.HttpRequest.newBuilder(java.net.URI.create(url.group(1)))
                                    .build(),
                            java.net.http.HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void runners_live_through_the_death_of_server_and_agent_and_nothing_is_lost_or_doubled() throws Exception {
        RunningService server = server();
        agent("two", "1ms,20ms,1h");
        RunningService agent = agent("one", "1ms,20ms,1h");
        bothHosts();
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            assertThat(done("add", "r" + i)).contains("r" + i + " is ready on", "clone", "boot to SSH", "total");
            ids.add(member("r" + i, "runner_id"));
        }
        assertThat(machines("one") + machines("two")).isEqualTo(4);
        await("all work", () -> done("ls").split("running", -1).length == 5);
        assertThat(metrics(server))
                .contains("shoesvz_agents_online 2.0")
                .contains("shoesvz_agents_total{status=\"online\"} 2.0")
                .contains("shoesvz_runners_total{state=\"running\"} 4.0")
                .contains("shoesvz_capacity_total_runners 8.0")
                .contains("shoesvz_runner_startup_duration_seconds_count{phase=\"boot_to_ssh\"} 4");

        server.kill();
        agent.kill();
        Ended nobody = fleet("ls");
        assertThat(nobody.exitCode()).isEqualTo(69);
        assertThat(nobody.err()).startsWith("error MF-8111: ").contains("fix: mayfly fleet server");

        server();
        agent("one", "1ms,20ms,1h");
        bothHosts();
        for (int i = 1; i <= 4; i++) {
            assertThat(done("add", "r" + i)).contains("r" + i + " is ready");
            assertThat(member("r" + i, "runner_id")).isEqualTo(ids.get(i - 1));
        }
        assertThat(machines("one") + machines("two")).isEqualTo(4);
        assertThat(done("rm", "r1", "r2", "r3", "r4")).contains("r4 is gone");
        assertThat(machines("one") + machines("two")).isZero();
        assertThat(Files.readString(home.resolve("fleet/runner-state.json"))).contains("\"format\": 1");
        Ended unknown = fleet("rm", "r9");
        assertThat(unknown.exitCode()).isEqualTo(69);
        assertThat(unknown.err()).contains("MF-4003").contains("r9");
    }

    @Test
    void without_the_right_token_nobody_is_let_in_and_that_of_agents_opens_nothing_else() throws Exception {
        server();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("fleet/token"))))
                .isEqualTo("rw-------");
        Path other = Files.createDirectory(temp.resolve("other"));
        Ended none = program(other, "ls").run();
        assertThat(none.exitCode()).isEqualTo(69);
        assertThat(none.err()).contains("MF-8112").contains("a token is needed");
        Path token = Files.createDirectories(other.resolve("fleet")).resolve("token");
        Files.copy(home.resolve("fleet/agent-token"), token);
        assertThat(program(other, "ls").run().err()).contains("MF-8112").contains("the token is not right");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(program(other, "ls").run().err()).contains("MF-8113").contains("chmod 600");
        Ended open = fleet("server", "--listen", "0.0.0.0:0", "--open");
        assertThat(open.exitCode()).isEqualTo(64);
        assertThat(fleet("server", "--listen", "0.0.0.0:0").err()).contains("fleet.tls-cert");
        Ended second = fleet("server", "--listen", "127.0.0.1:0", "--metrics", "off");
        assertThat(second.exitCode()).isEqualTo(69);
        assertThat(second.err()).contains("MF-5004");
    }

    @Test
    void a_host_of_go_plugin_adds_and_deletes_runners_through_the_plugin_file() throws Exception {
        Path host = Program.REPOSITORY.resolve(".mayfly/tools/go-plugin-host");
        Needs.that(
                Files.isExecutable(host),
                "go-plugin",
                "no host of go-plugin, which ./verify builds with a Go toolchain");
        server();
        agent("one", "1ms,20ms,1h");
        await("the host is there", () -> done("agents").contains("online"));
        Path file = temp.resolve("shoes-mayfly");
        assertThat(done("plugin", "--write", file.toString())).isEqualTo("PLUGIN=" + file + "\n");
        assertThat(Files.readString(file).chars().limit(512))
                .as("myshoes takes no text files")
                .contains(1);

        Ended added = calls(host, file, "add", "myshoes-1", "echo from myshoes");
        assertThat(added.out()).as(added.err()).contains("answered: cloud_id=shoes-vz-", "ip_address=127.0.0.1");
        assertThat(added.out()).as("told to end, it ends").contains("ended: in order true");
        String id = member("myshoes-1", "runner_id");
        assertThat(added.out()).contains("cloud_id=" + id + " shoes_type=shoes-vz");
        assertThat(calls(host, file, "delete", id).out()).contains("answered:");
        assertThat(machines("one")).isZero();
        assertThat(calls(host, file, "delete", "shoes-vz-none").out()).contains("refused:", "NotFound");

        Ended alone = fleet("plugin");
        assertThat(alone.exitCode()).isEqualTo(64);
        assertThat(alone.err()).contains("SHOES_PLUGIN_MAGIC_COOKIE");
    }

    private Ended calls(Path host, Path plugin, String... words) {
        List<String> all = new ArrayList<>(List.of(host.toString(), plugin.toString()));
        all.addAll(List.of(words));
        return Program.of(all.toArray(String[]::new))
                .with("SHOESVZ_SERVER_ADDR", address)
                .run();
    }

    @Test
    void a_host_is_drained_asked_stopped_in_order_and_forgotten() throws Exception {
        RunningService server = server();
        Ended none = fleet("add", "early");
        assertThat(none.exitCode()).isEqualTo(69);
        assertThat(none.err()).contains("MF-8115").contains("there is no host");
        RunningService agent = agent("one", "1ms,20ms,1h");
        await("the host is there", () -> done("agents").contains("online"));
        Path script = Files.writeString(temp.resolve("job.sh"), "echo hello\nexit 3\n");
        String added = done("add", "job", "--script", script.toString(), "--json", "--label", "self-hosted");
        assertThat(added).contains("\"boot_to_ssh_us\"").contains("\"hostname\": \"one\"");
        await("it works", () -> done("ls").contains("running"));
        assertThat(done("logs", "job")).isEqualTo("hello\n");
        Ended ran = fleet("exec", "job", "--", "sh", "-c", "echo in the guest; exit 7");
        assertThat(ran.out()).contains("in the guest");
        assertThat(ran.exitCode()).isEqualTo(7);
        assertThat(done("top")).contains("agents 1 of 1").contains("job");
        assertThat(done("status", "--json")).contains("\"phase\": \"boot_to_ssh\"");
        Ended taken = fleet("add", "job", "--script", script.toString(), "--type", "nano");
        assertThat(taken.exitCode()).isEqualTo(64);

        assertThat(done("drain", "one")).contains("gets nothing new");
        assertThat(fleet("add", "late").err()).contains("MF-8115").contains("is being drained");
        assertThat(done("undrain", "one")).contains("gets runners again");
        assertThat(fleet("forget-host", "one").err()).contains("MF-8120");
        assertThat(agent.terminate()).isZero();
        assertThat(machines("one")).as("what works lives on").isEqualTo(1);
        assertThat(done("forget-host", "one")).contains("is forgotten");
        assertThat(done("ls")).doesNotContain("job");
        agent("one", "1ms,20ms,1h");
        await("what nobody owns is cleared away when it comes back", () -> machines("one") == 0);
        assertThat(server.terminate()).isZero();
    }
}
