package dev.mayfly.app.metrics;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Map;

/**
 * The counts as one JSON object. {@code total}, {@code dupe} and {@code red} are the names that scripts of the replaced
 * system read.
 */
final class CountsJson {
    private CountsJson() {}

    static JsonObject of(Counts counts) {
        JsonObject json = JsonObject.of().with("total", counts.allRuns()).with("dupe", counts.duplicates());
        for (Map.Entry<RunEnding, Long> count : counts.runs().entrySet()) {
            json = json.with(count.getKey().word(), count.getValue());
        }
        return json.with("queue", queue(counts));
    }

    private static JsonObject queue(Counts counts) {
        JsonObject json = JsonObject.of().with("processed", counts.allJobs()).with("duplicates", counts.duplicates());
        for (Map.Entry<JobEnding, Long> count : counts.jobs().entrySet()) {
            json = json.with(count.getKey().plural(), count.getValue());
        }
        json = json.with("redeliveries", counts.redeliveries())
                .with("dead_lettered", counts.deadLettered())
                .with("in_flight", counts.inFlight())
                .with("slots", counts.slots());
        return counts.state().isPresent()
                ? json.with("state", counts.state().get().word())
                : json;
    }
}
