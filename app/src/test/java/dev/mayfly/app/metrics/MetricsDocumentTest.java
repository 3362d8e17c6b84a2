package dev.mayfly.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.StartTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsDocumentTest {
    private static final Path FILE = Path.of(System.getProperty("mayfly.repository"), "docs", "metrics.md");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private static final String HEAD = """
            # Metrics

            `mayfly up` counts what it does from its start on. The counts can be read in four places; where they are is
            said by [settings](configuration.md).

            | place | setting | written |
            |---|---|---|
            | `http://127.0.0.1:9464/metrics` | `metrics.listen` | when asked: text format 0.0.4, or OpenMetrics for who accepts it |
            | a line of the log, `processed=… dupes=… reds=…` | `metrics.every` | after so many runs, and at the end |
            | a JSON file | `metrics.file` | then too, and at most 10 s after a change |
            | a file for the textfile collector | `metrics.textfile` | the same |

            Files are replaced whole: a reader sees the old one or the new one. A file that cannot be written is a
            warning, once for each cause, and costs no run its result. `mayfly exec` without a service writes the files
            at its end, and neither logs nor listens.

            `/healthz` answers 200 and `{"status":"ok"}`, or 503 and what is wrong, for example
            `{"status":"stopped","why":"…"}`: the worker of the queue is in a state in which it takes no jobs. Only
            GET and HEAD are answered, on these two paths. Whoever can reach the address may read, so it is on loopback
            unless you say otherwise.

            ## All metrics

            A run is a request that was graded here, for a client or for the queue. A job is what the worker of the queue
            brought to an end: most jobs are a run too, a cancelled one need not be.

            """;

    private static final String TEXTFILE = """

            The textfile has three more, for scripts of the replaced system:

            """;

    private static final String JSON = """

            ## The JSON file

            `total` counts runs, `dupe` duplicates, `red` red runs, as in the replaced system. `state` appears in a worker
            only.

            ```json
            """;

    private static final String FLEET = """

            ## The server of a fleet

            [`mayfly fleet server`](fleet.md#metrics) counts on a page of its own,
            `http://127.0.0.1:9474/metrics` (`fleet.metrics-listen`). Names that shoes-vz has too mean the same. Its
            `/healthz` answers 503 when the server cannot write its state any more.

            """;

    /** One row, as the exposition itself tells it. */
    private static final class Row {
        String type = "";
        String help = "";
        final Map<String, Set<String>> labels = new LinkedHashMap<>();

        String line(String name) {
            StringBuilder values = new StringBuilder();
            labels.forEach((label, all) -> values.append(values.isEmpty() ? "" : "; ")
                    .append("`")
                    .append(label)
                    .append("`: ")
                    .append(String.join(", ", all)));
            String unit = name.endsWith("_seconds") ? "seconds" : "number";
            return "| `" + name + "` | " + type + " | " + unit + " | " + values + " | " + help + " |\n";
        }
    }

    private static String table(String exposition) {
        Map<String, Row> rows = new LinkedHashMap<>();
        Row row = new Row();
        for (String line : exposition.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                row = rows.computeIfAbsent(words[2], _ -> new Row());
                row.help = words[3];
            } else if (line.startsWith("# TYPE ")) {
                row.type = words[3];
            } else {
                Matcher label = LABEL.matcher(line);
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        row.labels
                                .computeIfAbsent(label.group(1), _ -> new LinkedHashSet<>())
                                .add(label.group(2));
                    }
                }
            }
        }
        StringBuilder table = new StringBuilder("| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
        rows.forEach((name, each) -> table.append(each.line(name)));
        return table.toString();
    }

    private static String fleet() {
        FleetMetrics metrics = new FleetMetrics();
        metrics.started(new StartTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        metrics.placed(Duration.ZERO);
        metrics.watch(new FleetMetrics.Sight() {
            @Override
            public List<RunnerRecord> runners() {
                return List.of();
            }

            @Override
            public List<AgentView> agents() {
                return List.of();
            }

            @Override
            public int waiting() {
                return 0;
            }

            @Override
            public long refused() {
                return 0;
            }

            @Override
            public boolean isOpen() {
                return true;
            }
        });
        return metrics.readings().page("").body();
    }

    @Test
    void every_metric_that_is_exposed_is_documented() throws IOException {
        Metrics metrics = new Metrics();
        // One event, because a histogram without any has nothing to show.
        metrics.jobFinished(JobEnding.GREEN, Duration.ofMillis(1), Duration.ofMillis(9));
        metrics.slots(2);
        metrics.state(WorkerState.FETCHING, "");
        Exposition exposition = new Exposition(metrics);
        String page = exposition.page("").body();
        String textfile = exposition.textfile();
        int oldNames = textfile.indexOf("# HELP magicrune_");
        assertThat(table(textfile.substring(0, oldNames))).isEqualTo(table(page));

        String expected = HEAD
                + table(page)
                + TEXTFILE
                + table(textfile.substring(oldNames))
                + JSON
                + JsonWriter.pretty(CountsJson.of(metrics.counts()))
                + "\n```\n"
                + FLEET
                + table(fleet());
        if ("write".equals(System.getProperty("mayfly.golden"))) {
            Files.writeString(FILE, expected);
        }
        assertThat(FILE)
                .as("generated: run the tests with -Dmayfly.golden=write to write it anew")
                .hasContent(expected);
    }
}
