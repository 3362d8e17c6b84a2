package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueReportTest {
    private static final long MILLI = 1_000_000;

    private static Series series(String id, long... millis) {
        Series series = new Series(id, "name of " + id);
        for (long each : millis) {
            series.record(each * MILLI);
        }
        return series;
    }

    private static QueueReport report(List<RawRate> rates) {
        SustainedLoad load = new SustainedLoad(
                series("sustained", new long[1000]), 2, 8, List.of(100L << 20, 110L << 20, 111L << 20));
        return new QueueReport(
                new Machine("a processor", 2, "Linux", "8 GB", "a JVM"),
                "0.10 0.20 0.30",
                "1.00 0.50 0.40",
                List.of(series("disk_sync", 1), series("mayfly_embedded", 4, 5, 9), series("mayfly_embedded_again", 7)),
                List.of(new QueueReport.Load(QueueBench.EMBEDDED, List.of(RawDisk.COMMIT), load)),
                rates,
                List.of(new NotRun("nats", "no nats-server was found")));
    }

    private static List<RawRate> commits() {
        return List.of(new RawRate(RawDisk.COMMIT, "commits", 8, 2000));
    }

    @Test
    void the_text_has_each_engine_beside_its_limit_and_its_targets() {
        String text = report(commits()).text();

        assertThat(text)
                .contains("machine: 2 x a processor", "load average: 0.10 0.20 0.30 before, 1.00 0.50 0.40 after")
                .containsPattern("name of mayfly_embedded +3 +5\\.00 +9\\.00 +9\\.00 +9\\.00\n")
                .containsPattern("commits +8 +2000\n")
                .contains("embedded, sustained 2 s by 8 clients: 1000 jobs, 500 jobs/s")
                .contains("  0.250 of commits\n")
                .containsPattern("embedded: submit to durable result, P50 +5\\.00 ms +<= 8  met\n")
                .containsPattern("embedded: duplicate answered, P50 +7\\.00 ms +<= 3  not met\n")
                .containsPattern("embedded: sustained for 2 s +500 jobs/s +>= 400  met\n")
                .endsWith("not run here: nats: no nats-server was found");
        assertThat(text.lines()).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void the_json_has_the_same_numbers_and_can_be_read_back() {
        var json = report(commits()).json();

        assertThat(JsonReader.read(JsonWriter.pretty(json).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(json);
        assertThat(JsonWriter.compact(json))
                .contains("\"benchmark\":\"queue\"", "\"id\":\"mayfly_embedded\"")
                .contains("\"engine\":\"embedded\",\"of_limits\":{\"disk_commit\":0.25}")
                .contains("\"id\":\"embedded_jobs_per_second\"", "\"target\":\">= 400\",\"met\":true")
                .contains("\"not_run\":[{\"name\":\"nats\",\"why\":\"no nats-server was found\"}]");
    }

    @Test
    void an_engine_that_did_not_run_has_no_figures_and_no_share_of_a_limit_is_invented() {
        QueueReport report = report(List.of());

        assertThat(report.figures()).extracting(Figure::id).noneMatch(id -> id.startsWith("nats"));
        assertThat(report.text()).doesNotContain(" of commits");
        assertThat(JsonWriter.compact(report.json())).contains("\"of_limits\":{}");
    }
}
