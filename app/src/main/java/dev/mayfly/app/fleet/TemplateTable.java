package dev.mayfly.app.fleet;

import dev.mayfly.app.Table;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.fleet.schedule.TemplateTimes;
import java.util.ArrayList;
import java.util.List;

/** How long starts have taken, by template and way, as people and programs are shown it. */
final class TemplateTable {
    private static final List<String> COLUMNS =
            List.of("host", "template", "way", "starts", "clone", "boot_to_ssh", "total");

    private TemplateTable() {}

    /** As a server says it of its hosts. */
    static JsonObject json(TemplateTimes times) {
        return JsonObject.of()
                .with("template", times.template())
                .with("digest", times.digest().toString())
                .with("way", times.way())
                .with("starts", times.starts())
                .with("clone_p50_us", times.cloned().p50())
                .with("clone_p95_us", times.cloned().p95())
                .with("boot_to_ssh_p50_us", times.bootToSsh().p50())
                .with("boot_to_ssh_p95_us", times.bootToSsh().p95())
                .with("total_p50_us", times.total().p50())
                .with("total_p95_us", times.total().p95());
    }

    /** What a host has said; nothing of one that says nothing. */
    static List<JsonObject> of(JsonObject agent) {
        List<JsonObject> rows = new ArrayList<>();
        if (agent.get("template_times").orElse(agent) instanceof JsonArray all) {
            all.items().forEach(each -> {
                if (each instanceof JsonObject row) {
                    rows.add(row);
                }
            });
        }
        return rows;
    }

    /** P50 and P95 of each phase, for people; nothing when there are none. */
    static String text(List<JsonObject> agents) {
        List<JsonObject> rows = new ArrayList<>();
        for (JsonObject agent : agents) {
            for (JsonObject row : of(agent)) {
                rows.add(readable(row).with("host", RunnerOperations.text(agent, "hostname")));
            }
        }
        return rows.isEmpty() ? "" : Table.of(rows, COLUMNS);
    }

    static JsonObject readable(JsonObject row) {
        return JsonObject.of()
                .with("template", RunnerOperations.text(row, "template"))
                .with("way", RunnerOperations.text(row, "way"))
                .with("starts", RunnerOperations.number(row, "starts"))
                .with("clone", both(row, "clone"))
                .with("boot_to_ssh", both(row, "boot_to_ssh"))
                .with("total", both(row, "total"));
    }

    /** {@code 2.3 s / 3.1 s}: half are not longer than the first, and 95 of 100 not longer than the second. */
    private static String both(JsonObject row, String phase) {
        return Times.text(RunnerOperations.number(row, phase + "_p50_us")) + " / "
                + Times.text(RunnerOperations.number(row, phase + "_p95_us"));
    }
}
