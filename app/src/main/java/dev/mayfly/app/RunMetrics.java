package dev.mayfly.app;

import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts what runs came to and writes the counts to the files that are configured, every so many runs and at the end.
 * A file is replaced whole, so a reader never sees half of one. The names {@code magicrune_*} and {@code total},
 * {@code dupe}, {@code red} are those that scripts of the replaced system read; a duplicate cannot happen without a
 * queue, so its count is 0.
 */
final class RunMetrics implements Runs, AutoCloseable {
    private enum Ending {
        GREEN,
        YELLOW,
        RED,
        FAILED;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Where counts go; nothing is counted for nobody. */
    record Targets(Optional<Path> json, Optional<Path> textfile, int every) {
        static Targets of(Settings settings) {
            return new Targets(
                    settings.config().find(SettingKeys.METRICS_FILE),
                    settings.config().find(SettingKeys.METRICS_TEXTFILE),
                    settings.config().get(SettingKeys.METRICS_EVERY));
        }

        boolean none() {
            return json.isEmpty() && textfile.isEmpty();
        }
    }

    private final Runs runs;
    private final Targets targets;
    private final Log log;
    private final Map<Ending, Long> counts = new EnumMap<>(Ending.class);
    private long total;

    private RunMetrics(Runs runs, Targets targets, Log log) {
        this.runs = runs;
        this.targets = targets;
        this.log = log;
        for (Ending ending : Ending.values()) {
            counts.put(ending, 0L);
        }
    }

    /** The same runs, counted if anybody wants to know. */
    static Runs around(Runs runs, Targets targets, Log log) {
        return targets.none() ? runs : new RunMetrics(runs, targets, log);
    }

    @Override
    public RunOutcome run(byte[] request, RunOptions options) throws InterruptedException {
        Ending ending = Ending.FAILED;
        try {
            RunOutcome outcome = runs.run(request, options);
            ending = switch (outcome.exitCode()) {
                case GREEN -> Ending.GREEN;
                case YELLOW -> Ending.YELLOW;
                case RED -> Ending.RED;
                case REQUEST_INVALID, RESULT_INVALID, REFUSED, INTERNAL, USAGE, UNAVAILABLE -> Ending.FAILED;
            };
            return outcome;
        } finally {
            count(ending);
        }
    }

    private synchronized void count(Ending ending) {
        counts.merge(ending, 1L, Long::sum);
        total++;
        if (total % targets.every() == 0) {
            write();
        }
    }

    @Override
    public synchronized void close() {
        write();
    }

    private void write() {
        targets.json().ifPresent(file -> replace(file, JsonWriter.compact(json()) + "\n"));
        targets.textfile().ifPresent(file -> replace(file, exposition()));
    }

    private JsonObject json() {
        JsonObject json = JsonObject.of().with("total", total).with("dupe", 0);
        for (Map.Entry<Ending, Long> count : counts.entrySet()) {
            json = json.with(count.getKey().word(), count.getValue());
        }
        return json;
    }

    /** Prometheus text exposition format 0.0.4. */
    private String exposition() {
        StringBuilder text = new StringBuilder();
        text.append("# HELP mayfly_runs_total Requests by what they came to; failed: no verdict.\n")
                .append("# TYPE mayfly_runs_total counter\n");
        counts.forEach((ending, count) -> text.append("mayfly_runs_total{verdict=\"")
                .append(ending.word())
                .append("\"} ")
                .append(count)
                .append('\n'));
        old(text, "processed", total);
        old(text, "dupe", 0);
        old(text, "red", counts.getOrDefault(Ending.RED, 0L));
        return text.toString();
    }

    private static void old(StringBuilder text, String name, long count) {
        String metric = "magicrune_" + name + "_total";
        text.append("# HELP ").append(metric).append(" Old name, kept for scripts.\n");
        text.append("# TYPE ").append(metric).append(" counter\n");
        text.append(metric).append(' ').append(count).append('\n');
    }

    /** A count that cannot be written must not cost a run its result. */
    private void replace(Path file, String content) {
        try {
            DurableFile.replace(file.toAbsolutePath(), content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.warn().with("file", file.toString()).with("why", e.toString()).log("the metrics were not written");
        }
    }
}
