package dev.mayfly.app.fleet;

import dev.mayfly.app.Table;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.remote.FleetClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks at hosts and at the server, and says what shall become of a host. */
final class HostOperations {
    private static final List<String> COLUMNS =
            List.of("hostname", "health", "draining", "runners", "max_runners", "cpus", "memory", "labels", "agent_id");
    private static final Duration USUAL = Duration.ofSeconds(2);

    /** ECMA-48: cursor to the first place, erase below. */
    private static final String FROM_THE_TOP = "\u001b[H\u001b[J";

    private HostOperations() {}

    static int agents(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            List<JsonObject> agents = client.agents();
            session.table(words, words.on("--json") ? agents : readable(agents), COLUMNS);
        }
        return ExitCode.GREEN.number();
    }

    private static List<JsonObject> readable(List<JsonObject> agents) {
        return agents.stream()
                .map(agent -> agent.with(
                                "memory",
                                gibibytes(RunnerOperations.number(agent, "memory_taken")) + " of "
                                        + gibibytes(RunnerOperations.number(agent, "memory_bytes")) + " GiB")
                        .with("labels", labels(agent)))
                .toList();
    }

    private static String labels(JsonObject agent) {
        return agent.get("labels")
                .map(value -> value instanceof JsonArray array
                        ? array.items().stream()
                                .map(item -> JsonWriter.compact(item).replace("\"", ""))
                                .collect(Collectors.joining(","))
                        : "")
                .orElse("");
    }

    private static String gibibytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%.1f", bytes / (double) (1L << 30));
    }

    static int drain(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            JsonObject host = client.drain(words.argument(0), true);
            session.said(words, RunnerOperations.text(host, "hostname") + " gets nothing new", host);
        }
        return ExitCode.GREEN.number();
    }

    static int undrain(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            JsonObject host = client.drain(words.argument(0), false);
            session.said(words, RunnerOperations.text(host, "hostname") + " gets runners again", host);
        }
        return ExitCode.GREEN.number();
    }

    static int forget(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            JsonObject host = client.forgetHost(words.argument(0));
            session.said(
                    words, RunnerOperations.text(host, "hostname") + " is forgotten, and its runners are gone", host);
        }
        return ExitCode.GREEN.number();
    }

    static int status(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            JsonObject about = client.about();
            List<JsonObject> starts = client.starts();
            if (words.on("--json")) {
                session.voice().result(JsonWriter.pretty(about.with("starts", new JsonArray(List.copyOf(starts)))));
            } else {
                session.voice().result(Table.lines(about) + (starts.isEmpty() ? "" : "\n\n" + table(starts)));
            }
        }
        return ExitCode.GREEN.number();
    }

    private static String table(List<JsonObject> starts) {
        List<JsonObject> rows = starts.stream()
                .map(phase -> JsonObject.of()
                        .with("phase", RunnerOperations.text(phase, "phase"))
                        .with("starts", RunnerOperations.number(phase, "starts"))
                        .with("p50", Times.text(RunnerOperations.number(phase, "p50_us")))
                        .with("p95", Times.text(RunnerOperations.number(phase, "p95_us")))
                        .with("p99", Times.text(RunnerOperations.number(phase, "p99_us")))
                        .with("max", Times.text(RunnerOperations.number(phase, "max_us"))))
                .toList();
        return Table.of(rows, List.of("phase", "starts", "p50", "p95", "p99", "max"));
    }

    static int top(FleetWords words, FleetSession session) throws InterruptedException {
        Duration every = words.time("--every", Duration.ofMillis(100), Duration.ofHours(1))
                .orElse(USUAL);
        boolean terminal = session.voice().replaces();
        int rounds = words.number("--rounds", 1, Integer.MAX_VALUE).orElse(terminal ? Integer.MAX_VALUE : 1);
        try (FleetClient client = session.client(words)) {
            for (int round = 1; round <= rounds; round++) {
                String screen = screen(client);
                session.voice().result(terminal ? FROM_THE_TOP + screen : screen);
                if (round < rounds) {
                    Thread.sleep(every);
                }
            }
        }
        return ExitCode.GREEN.number();
    }

    private static String screen(FleetClient client) throws InterruptedException {
        JsonObject about = client.about();
        List<JsonObject> runners = client.runners(false);
        Map<String, Long> states = runners.stream()
                .collect(Collectors.groupingBy(
                        runner -> RunnerOperations.text(runner, "state"), TreeMap::new, Collectors.counting()));
        String head = "fleet at " + RunnerOperations.text(about, "server") + ", up "
                + Duration.ofSeconds(RunnerOperations.number(about, "uptime_seconds"))
                        .toString()
                        .substring(2)
                        .toLowerCase(java.util.Locale.ROOT)
                + "; agents " + RunnerOperations.number(about, "agents_online") + " of "
                + RunnerOperations.number(about, "agents") + "; runners " + runners.size()
                + (states.isEmpty()
                        ? ""
                        : ": "
                                + states.entrySet().stream()
                                        .map(state -> state.getValue() + " " + state.getKey())
                                        .collect(Collectors.joining(", ")));
        List<JsonObject> starts = client.starts();
        List<JsonObject> agents = client.agents();
        String templates = TemplateTable.text(agents);
        return head + "\n\n" + Table.of(readable(agents), COLUMNS) + "\n"
                + Table.of(runners, List.of("runner_name", "state", "resource_type", "hostname", "since", "reason"))
                + (starts.isEmpty() ? "" : "\n" + table(starts))
                + (templates.isEmpty() ? "" : "\nby template, P50 / P95\n" + templates);
    }
}
