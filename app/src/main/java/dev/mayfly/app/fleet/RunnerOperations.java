package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.remote.FleetClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Adds, deletes and lists runners. */
final class RunnerOperations {
    private static final int LONGEST_SCRIPT = 1 << 20;
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofHours(1);
    private static final Duration ADD = Duration.ofMinutes(5);
    private static final Duration REMOVE = Duration.ofMinutes(2);
    private static final List<String> COLUMNS =
            List.of("runner_name", "state", "resource_type", "hostname", "ip_address", "ssh_port", "since", "reason");

    private RunnerOperations() {}

    static int add(FleetWords words, FleetSession session) throws InterruptedException {
        String name = words.argument(0);
        String script =
                words.text("--script").map(file -> script(file, session)).orElse("");
        Duration patience = words.time("--patience", LEAST, MOST).orElse(ADD);
        boolean silent = words.on("--json") || words.on("--quiet");
        FleetClient.Added added;
        try (FleetClient client = session.client(words)) {
            added = client.add(
                    name, script, words.text("--type").orElse(""), words.texts("--label"), patience, runner -> {
                        if (!silent) {
                            session.voice().standing(standing(runner));
                        }
                    });
        } finally {
            if (!silent && session.voice().replaces()) {
                session.voice().standing("");
            }
        }
        JsonObject answer = added.runner();
        Optional<JsonObject> split = added.split();
        session.said(
                words,
                text(answer, "runner_name") + " is ready on " + text(answer, "hostname") + ", ssh at "
                        + text(answer, "ip_address") + ":" + number(answer, "ssh_port")
                        + split.map(RunnerOperations::words).orElse(""),
                split.map(times -> answer.with("split", times)).orElse(answer));
        return ExitCode.GREEN.number();
    }

    private static String standing(JsonObject runner) {
        String host = text(runner, "hostname");
        return text(runner, "runner_name") + ": " + text(runner, "state") + (host.isEmpty() ? "" : " on " + host)
                + (number(runner, "tries") > 1 ? ", try " + number(runner, "tries") : "");
    }

    /** {@code  (clone 3 ms, boot to SSH 510 ms, total 514 ms)}. */
    private static String words(JsonObject split) {
        return String.format(
                Locale.ROOT,
                " (clone %s, boot to SSH %s, total %s)",
                Times.text(number(split, "clone_us")),
                Times.text(number(split, "boot_to_ssh_us")),
                Times.text(number(split, "total_us")));
    }

    static String text(JsonObject object, String name) {
        return object.get(name)
                .map(value -> value instanceof JsonString string ? string.value() : JsonWriter.compact(value))
                .orElse("");
    }

    static long number(JsonObject object, String name) {
        return object.get(name)
                .map(value ->
                        value instanceof JsonNumber number ? number.exactLong().orElse(0) : 0L)
                .orElse(0L);
    }

    private static String script(String file, FleetSession session) {
        try (InputStream in = file.equals("-") ? session.standardInput() : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(LONGEST_SCRIPT + 1);
            if (bytes.length > LONGEST_SCRIPT) {
                throw new MayflyException(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "the script is too large",
                        "more than the limit of " + LONGEST_SCRIPT + " bytes",
                        "let the script fetch what it needs, or put it into the template");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot read the script " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "check the name and its permissions; - reads it from stdin",
                    e);
        }
    }

    static int remove(FleetWords words, FleetSession session) throws InterruptedException {
        Duration patience = words.time("--patience", LEAST, MOST).orElse(REMOVE);
        List<JsonValue> gone = new ArrayList<>();
        try (FleetClient client = session.client(words)) {
            for (String name : words.arguments()) {
                String id = client.remove(name, patience);
                gone.add(JsonObject.of()
                        .with("runner", name)
                        .with("runner_id", id)
                        .with("gone", true));
                if (!words.on("--json")) {
                    session.voice().result(name + " is gone");
                }
            }
        }
        if (words.on("--json")) {
            session.voice().result(JsonWriter.pretty(new JsonArray(gone)));
        }
        return ExitCode.GREEN.number();
    }

    static int list(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            session.table(words, client.runners(words.on("--all")), COLUMNS);
        }
        return ExitCode.GREEN.number();
    }

    static int show(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            JsonObject runner = client.runner(words.argument(0));
            show(words, session, withGuest(runner, client), client.agents());
        }
        return ExitCode.GREEN.number();
    }

    /** With how long starts have taken on its host, by template. */
    private static void show(FleetWords words, FleetSession session, JsonObject runner, List<JsonObject> agents) {
        List<JsonObject> host = agents.stream()
                .filter(agent -> text(agent, "agent_id").equals(text(runner, "agent_id")))
                .toList();
        String starts = TemplateTable.text(host);
        if (words.on("--json")) {
            List<JsonValue> rows = host.stream()
                    .flatMap(agent -> TemplateTable.of(agent).stream())
                    .map(JsonValue.class::cast)
                    .toList();
            session.object(words, runner.with("template_times", new JsonArray(rows)));
        } else {
            session.object(words, runner);
            if (!starts.isEmpty()) {
                session.voice().result("\nstarts on its host, P50 / P95\n" + starts);
            }
        }
    }

    /** With what its guest says of itself, where one can be asked. */
    private static JsonObject withGuest(JsonObject runner, FleetClient client) throws InterruptedException {
        if (!List.of("ssh-ready", "running").contains(text(runner, "state"))) {
            return runner;
        }
        try {
            byte[] said = client.ask(text(runner, "runner_id"), new Question.Guest())
                    .text()
                    .getBytes(StandardCharsets.UTF_8);
            JsonObject with = runner;
            if (JsonReader.read(said) instanceof JsonObject guest) {
                for (Map.Entry<String, JsonValue> each : guest.members().entrySet()) {
                    with = with.with(each.getKey(), each.getValue());
                }
            }
            return with;
        } catch (MayflyException | JsonSyntaxException _) {
            return runner; // its host is away, or its machine says nothing; the rest is known all the same
        }
    }
}
