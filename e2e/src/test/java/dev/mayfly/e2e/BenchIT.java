package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.e2e.Program.Ended;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only that the benchmark works and says what it should; how fast anything is, is no matter of tests. */
class BenchIT {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path home;

    @Test
    void the_exec_benchmark_measures_everything_or_says_what_it_cannot() throws Exception {
        Path plot = home.resolve("plot.svg");
        Ended ended = Program.mayfly(home, "bench", "exec", "--quick", "--json", "--plot", plot.toString())
                .run();

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonObject report = (JsonObject) JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        assertThat(report.members()).containsKeys("machine", "load_average_before", "series", "figures", "not_run");
        List<String> measured = texts(report, "series", "id");
        assertThat(measured).contains("bare", "bare_jdk", "java", "java_minimal", "mayfly_version");
        if (texts(report, "not_run", "name").isEmpty()) {
            assertThat(measured)
                    .contains("bwrap", "bwrap_backend", "mayfly_native", "mayfly_service", "mayfly_cold_service");
            assertThat(report.members()).containsKeys("sustained", "kill_tree", "flood");
            assertThat(texts(report, "figures", "target")).hasSizeGreaterThanOrEqualTo(11);
        } else {
            assertThat(texts(report, "not_run", "why")).noneMatch(String::isBlank);
        }
        assertThat(Files.readString(plot)).startsWith("<svg ").endsWith("</svg>\n");
    }

    @Test
    void the_queue_benchmark_measures_both_engines_or_says_which_it_cannot() throws Exception {
        Path plot = home.resolve("queue.svg");
        Ended ended = Program.mayfly(home, "bench", "queue", "--quick", "--json", "--plot", plot.toString())
                .run();

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonObject report = (JsonObject) JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        List<String> notRun = texts(report, "not_run", "name");
        assertThat(texts(report, "not_run", "why")).noneMatch(String::isBlank);
        assertThat(texts(report, "series", "id"))
                .contains("disk_sync", "disk_commit", "mayfly_embedded", "mayfly_embedded_again");
        assertThat(texts(report, "figures", "id"))
                .contains("embedded_p50", "embedded_again_p50", "embedded_jobs_per_second");
        if (notRun.isEmpty()) {
            assertThat(texts(report, "series", "id"))
                    .contains("nats_publish", "nats_ack", "mayfly_nats", "mayfly_nats_wire_again");
            assertThat(texts(report, "rates", "id")).contains("nats_cycle");
            assertThat(texts(report, "sustained", "engine")).containsExactly("embedded", "nats");
        } else {
            assertThat(notRun).containsOnly("nats");
            assertThat(texts(report, "sustained", "engine")).containsExactly("embedded");
        }
        assertThat(Files.readString(plot)).startsWith("<svg ").endsWith("</svg>\n");
    }

    @Test
    void the_env_benchmark_measures_everything_or_says_what_it_cannot() throws Exception {
        Path plot = home.resolve("env.svg");
        Ended ended = Program.mayfly(home, "bench", "env", "--quick", "--json", "--plot", plot.toString())
                .run();

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonObject report = (JsonObject) JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        List<String> notRun = texts(report, "not_run", "name");
        assertThat(texts(report, "not_run", "why")).noneMatch(String::isBlank);
        assertThat(texts(report, "figures", "id")).contains("router_hit_share", "router_nanos", "router_wrong");
        if (!notRun.contains("everything that is mounted")) {
            assertThat(texts(report, "series", "id"))
                    .contains("namespace", "mayfly_again", "mayfly_first", "mayfly_add", "render", "bare", "java")
                    .contains("mayfly_run_warm", "mayfly_run_cold", "mayfly_noop", "mayfly_again_large");
            assertThat(texts(report, "calls", "front_end")).contains("native", "overlay", "mayfly_erofs");
            assertThat(texts(report, "readings", "id")).contains("mayfly_small", "sha256", "live_mayfly_erofs");
            assertThat(texts(report, "figures", "id")).contains("mayfly_erofs_read", "mayfly_add_p50", "mayfly_large");
        }
        assertThat(Files.readString(plot)).startsWith("<svg ").endsWith("</svg>\n");
    }

    @Test
    void the_fleet_benchmark_kills_a_server_with_many_hosts_and_nothing_is_lost_doubled_or_stopped() throws Exception {
        Ended ended = Program.mayfly(
                        home, "bench", "fleet", "--only", "control", "--quick", "--json", "--folder", home.toString())
                .run(LONG);

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonObject report = (JsonObject) JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        assertThat(texts(report, "series", "id"))
                .containsExactly("control_accepted", "control_carried", "control_ordered", "control_ready");
        assertThat(texts(report, "figures", "id")).contains("control_rate", "control_idle", "control_resynced");
        assertThat(number(report, "series", "control_ordered", "runs")).isEqualTo(200);
        // 200 that stood, and 4 that were being placed when the server died.
        assertThat(number(report, "readings", "control_standing", "p50")).isEqualTo(204);
        for (String wrong :
                List.of("control_lost", "control_doubled", "control_stopped", "control_disagreed", "control_left")) {
            assertThat(number(report, "figures", wrong, "measured")).as(wrong).isZero();
        }
    }

    @Test
    void what_the_fleet_benchmark_lacks_is_named() throws Exception {
        Ended ended = Program.mayfly(
                        home,
                        "bench",
                        "fleet",
                        "--only",
                        "machines",
                        "--quick",
                        "--json",
                        "--template",
                        home.resolve("nothing").toString())
                .run();

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonObject report = (JsonObject) JsonReader.read(ended.out().getBytes(StandardCharsets.UTF_8));
        assertThat(texts(report, "not_run", "name")).containsExactly("machines");
        assertThat(texts(report, "not_run", "why")).noneMatch(String::isBlank);
    }

    @Test
    void without_words_it_tells_what_there_is_and_a_wrong_word_is_wrong_usage() {
        assertThat(Program.mayfly(home, "bench").run().out()).contains("bench exec", "--seconds", "--plot");

        Ended wrong = Program.mayfly(home, "bench", "exec", "--fast").run();
        assertThat(wrong.exitCode()).isEqualTo(64);
        assertThat(wrong.err()).contains("error MF-1001: the benchmark cannot be started", "--fast");
        assertThat(Program.mayfly(home, "bench", "nothing").run().exitCode()).isEqualTo(64);
    }

    private static double number(JsonObject report, String list, String id, String member) {
        return ((JsonArray) report.get(list).orElseThrow())
                .items().stream()
                        .map(JsonObject.class::cast)
                        .filter(item -> item.get("id").orElseThrow().equals(new JsonString(id)))
                        .map(item -> ((JsonNumber) item.get(member).orElseThrow())
                                .value()
                                .doubleValue())
                        .findFirst()
                        .orElseThrow();
    }

    private static List<String> texts(JsonObject report, String list, String member) {
        return ((JsonArray) report.get(list).orElseThrow())
                .items().stream()
                        .map(item ->
                                ((JsonString) ((JsonObject) item).get(member).orElseThrow()).value())
                        .toList();
    }
}
