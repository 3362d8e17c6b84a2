package dev.mayfly.fleet.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.secret.Token;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scaler and GitHub's API as it is documented, played over HTTP; the fleet is played by a map. */
class ScalerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOKEN = "ghp_0123456789abcdef";

    @TempDir
    Path folder;

    private final Map<String, Long> registered = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Fleet fleet = new Fleet();
    private HttpServer github;
    private volatile boolean broken;

    @BeforeEach
    void startGitHub() throws IOException {
        github = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        github.createContext("/", this::answer);
        github.start();
    }

    @AfterEach
    void endGitHub() {
        github.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestMethod() + " " + path + " " + body);
            boolean mayAsk =
                    ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                            && "2022-11-28".equals(exchange.getRequestHeaders().getFirst("X-GitHub-Api-Version"));
            if (broken) {
                say(exchange, 502, "{\"message\": \"Server Error\"}");
            } else if (!mayAsk) {
                say(exchange, 401, "{\"message\": \"Bad credentials\"}");
            } else if (path.endsWith("/generate-jitconfig")) {
                register(exchange, body.replaceAll("(?s).*\"name\":\"([^\"]*)\".*", "$1"));
            } else if (path.contains("?name=")) {
                String name = path.substring(path.indexOf('=') + 1);
                String found = registered.containsKey(name)
                        ? "{\"id\": " + registered.get(name) + ", \"name\": \"" + name
                                + "\", \"os\": \"unknown\", \"status\": \"offline\", \"busy\": false, \"labels\": []}"
                        : "";
                say(exchange, 200, "{\"total_count\": 1, \"runners\": [" + found + "]}");
            } else if (exchange.getRequestMethod().equals("DELETE")) {
                long id = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
                say(exchange, registered.values().remove(id) ? 204 : 404, "");
            } else {
                say(exchange, 404, "{\"message\": \"Not Found\"}");
            }
        }
    }

    private void register(HttpExchange exchange, String name) throws IOException {
        long id = 23 + asked.size();
        if (registered.putIfAbsent(name, id) != null) {
            say(exchange, 409, "{\"message\": \"Already exists - A runner with the name already exists.\"}");
            return;
        }
        say(
                exchange,
                201,
                "{\"runner\": {\"id\": " + id + ", \"name\": \"" + name
                        + "\", \"os\": \"unknown\", \"status\": \"offline\","
                        + " \"busy\": false, \"labels\": [{\"id\": 5, \"name\": \"self-hosted\", \"type\": \"read-only\"}],"
                        + " \"runner_group_id\": 1}, \"encoded_jit_config\": \"Y29uZmln" + id + "\"}");
    }

    private static void say(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Runners by name, with their scripts. */
    private static final class Fleet implements Runners {
        final Map<String, String> scripts = new ConcurrentHashMap<>();
        final Map<String, String> shapes = new ConcurrentHashMap<>();
        volatile int noRoom;

        @Override
        public void add(String name, String script, ResourceType type, Set<Label> labels) {
            if (noRoom > 0) {
                noRoom--;
                throw new MayflyException(ErrorCode.NO_ROOM, "no host can take it", "1 host is full", "wait");
            }
            scripts.put(name, script);
            shapes.put(
                    name,
                    type.word() + " "
                            + labels.stream().map(Label::value).sorted().toList());
        }

        @Override
        public void remove(String name) {
            scripts.remove(name);
        }

        @Override
        public boolean works(String name) {
            return scripts.containsKey(name);
        }
    }

    private GitHubRest api(String token) {
        return new GitHubRest(
                URI.create("http://127.0.0.1:" + github.getAddress().getPort()), () -> new Token(token), 1);
    }

    private Scaler scaler(GitHubRest api, boolean ofOrganisation) {
        Scaler scaler = new Scaler(
                new JobBook(new Quotas(2, Map.of()), Set.of(new Label("self-hosted"))),
                new JobFile(folder.resolve("jobs.json")),
                api,
                fleet,
                RunnerScript.usual(),
                ResourceType.SMALL,
                ofOrganisation,
                Log.off());
        scaler.start();
        return scaler;
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void a_job_becomes_a_registered_runner_that_is_gone_when_it_is_over() throws Exception {
        try (GitHubRest api = api(TOKEN);
                Scaler scaler = scaler(api, false)) {
            scaler.take(Events.event("queued", 7, "octo/hello", "", "self-hosted", "Linux", "size-medium"));
            until(() -> fleet.scripts.containsKey("gh-7"));
            assertThat(fleet.scripts.get("gh-7"))
                    .startsWith("export ACTIONS_RUNNER_INPUT_JITCONFIG='Y29uZmln")
                    .endsWith("exec ./run.sh\n");
            assertThat(fleet.shapes).containsEntry("gh-7", "medium [linux, self-hosted]");
            assertThat(asked.getFirst())
                    .isEqualTo("POST /repos/octo/hello/actions/runners/generate-jitconfig"
                            + " {\"name\":\"gh-7\",\"runner_group_id\":1,\"labels\":[\"linux\",\"self-hosted\",\"size-medium\"],"
                            + "\"work_folder\":\"_work\"}");
            assertThat(Files.readString(folder.resolve("jobs.json")))
                    .contains("gh-7")
                    .doesNotContain("Y29uZmln");
            scaler.take(Events.event("completed", 7, "octo/hello", "gh-7", "self-hosted", "linux", "size-medium"));
            until(() -> fleet.scripts.isEmpty() && registered.isEmpty());
            until(() -> !read().contains("gh-7"));
        }
    }

    private String read() {
        try {
            return Files.readString(folder.resolve("jobs.json"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void without_room_and_without_github_it_is_asked_again() throws Exception {
        broken = true;
        fleet.noRoom = 1;
        try (GitHubRest api = api(TOKEN);
                Scaler scaler = scaler(api, true)) {
            scaler.take(Events.event("queued", 7, "octo/hello", "", "self-hosted"));
            until(() -> !asked.isEmpty());
            broken = false;
            until(() -> fleet.scripts.containsKey("gh-7"));
            assertThat(asked.getLast()).startsWith("POST /orgs/octo/actions/runners/generate-jitconfig");
            assertThat(registered).as("one registration is enough").hasSize(1);
        }
    }

    @Test
    void the_next_one_goes_on_with_what_works_and_makes_anew_what_does_not() throws Exception {
        try (GitHubRest api = api(TOKEN)) {
            try (Scaler first = scaler(api, false)) {
                first.take(Events.event("queued", 1, "octo/hello", "", "self-hosted"));
                first.take(Events.event("queued", 2, "octo/hello", "", "self-hosted"));
                first.take(Events.event("queued", 3, "octo/hello", "", "self-hosted"));
                until(() -> fleet.scripts.size() == 2);
            }
            String working = fleet.scripts.get("gh-1");
            String before = fleet.scripts.remove("gh-2");
            try (Scaler next = scaler(api, false)) {
                until(() -> fleet.scripts.containsKey("gh-2"));
                assertThat(fleet.scripts.get("gh-2"))
                        .as("what was registered under this name is replaced")
                        .isNotEqualTo(before);
                assertThat(fleet.scripts).containsEntry("gh-1", working).doesNotContainKey("gh-3");
                next.take(Events.event("completed", 1, "octo/hello", "gh-1", "self-hosted"));
                until(() -> fleet.scripts.keySet().equals(Set.of("gh-2", "gh-3")));
            }
        }
    }

    @Test
    void who_may_not_ask_is_told_what_to_do() throws Exception {
        try (GitHubRest api = api("another-token-0000")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                            MayflyException.class, () -> api.register("octo/hello", "x", Set.of(new Label("a")))))
                    .satisfies(failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.GITHUB_REFUSED);
                        assertThat(failure.why()).contains("401", "Bad credentials");
                        assertThat(failure.fix()).contains("token");
                    });
        }
    }
}
