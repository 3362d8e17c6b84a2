package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.bench.CallTimes.Call;
import dev.mayfly.platform.linux.BulkCalls.Took;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvReportTest {
    private static Timed series(String id, long millis) {
        Timed times = Timed.of(id, id);
        times.wall().record(millis * 1_000_000);
        times.processor().record(millis * 500_000);
        return times;
    }

    /** One call of each kind by round; processor time is half of the time by the clock. */
    private static CallTimes calls(String id, long... micros) {
        CallTimes times = new CallTimes(id, id);
        for (long each : micros) {
            for (Call call : Call.values()) {
                times.record(call, new Took(2 * each * 1000, each * 1000, 1, 1_000_000));
            }
        }
        return times;
    }

    private static EnvReport report() {
        return new EnvReport(
                new Machine("a processor", 2, "Linux", "8 GB", "a JVM"),
                "0.10 0.20 0.30",
                "1.00 0.50 0.40",
                "10 files",
                List.of(
                        series("mayfly_again", 2),
                        series("mayfly_add", 120),
                        series("bare", 1),
                        series("mayfly_run_warm", 8)),
                List.of(calls("native", 4, 8, 100), calls("mayfly_erofs", 2, 4, 1000), calls("mayfly_fuse", 3, 5, 4)),
                List.of(
                        new Reading("mayfly_small", "small files", "files/s", List.of(1.0, 30_000.0, 20_000.0)),
                        Reading.once("router_wrong", "wrong answers", "", 0)),
                List.of(new NotRun("jfuse", "it is not there")));
    }

    @Test
    void the_text_says_what_was_measured_and_what_each_target_came_to() {
        String text = report().text();

        assertThat(text)
                .contains("tree: 10 files", "load average: 0.10 0.20 0.30 before, 1.00 0.50 0.40 after")
                .containsPattern("image cached, P50 +2(\\.00)? ms +<= 3  met\n")
                .containsPattern("layer of 100 files more, P50 +120 ms +<= 20  not met\n")
                .containsPattern("above fork and exec, P50 +7(\\.00)? ms +<= 10  met\n")
                .containsPattern("mayfly_add +1 +120[.0-9]* +120[.0-9]* +120[.0-9]* +60[.0-9]*\n")
                .containsPattern("small files +3 +20000 +1 +30000 files/s\n")
                .containsPattern("durable commit of new files of 4 kB +20000 files/s +>= 14000  met\n")
                .endsWith("not run here: jfuse: it is not there");
        assertThat(text.lines()).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void front_ends_are_compared_within_each_round_and_the_middle_round_counts() {
        List<Figure> figures = report().figures();

        // Rounds: 4/2, 8/4, 100/1000.
        assertThat(figures)
                .filteredOn(figure -> figure.id().equals("mayfly_erofs_read"))
                .singleElement()
                .satisfies(figure -> {
                    assertThat(figure.measured()).isEqualTo(2);
                    assertThat(figure.met()).isTrue();
                });
        assertThat(figures)
                .filteredOn(figure -> figure.id().equals("mayfly_erofs_stat"))
                .singleElement()
                .satisfies(figure -> assertThat(figure.measured()).isEqualTo(0.5));
        assertThat(figures)
                .filteredOn(figure -> figure.id().equals("mayfly_fuse_open"))
                .singleElement()
                .satisfies(figure -> assertThat(figure.measured()).isEqualTo(4));
    }

    @Test
    void cold_calls_count_by_the_clock_and_warm_ones_by_the_processor() {
        CallTimes times = calls("native", 10);

        assertThat(times.middle(Call.STAT)).isCloseTo(10, within(1e-9));
        assertThat(times.middle(Call.WALK)).isCloseTo(1e5, within(1e-3));
        assertThat(times.middle(Call.COLD_WALK)).isCloseTo(5e4, within(1e-3));
        assertThat(times.middle(Call.COLD_READ)).isCloseTo(1 / 20e-6, within(1e-3));
    }

    @Test
    void the_json_has_the_same_numbers_and_can_be_read_back() {
        var json = report().json();

        assertThat(JsonReader.read(JsonWriter.pretty(json).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(json);
        assertThat(JsonWriter.compact(json))
                .contains(
                        "\"benchmark\":\"env\"",
                        "\"front_end\":\"mayfly_erofs\",\"name\":\"mayfly_erofs\",\"call\":\"stat\"")
                .contains(
                        "\"id\":\"mayfly_small\",\"name\":\"small files\",\"unit\":\"files/s\",\"times\":3,\"p50\":20000");
    }

    @Test
    void figures_whose_parts_did_not_run_are_left_out_and_not_invented() {
        assertThat(EnvTargets.figures(List.of(), List.of(), List.of(calls("mayfly_fuse", 3))))
                .extracting(Figure::id)
                .containsExactly("mayfly_fuse_open", "mayfly_fuse_stat");
    }
}
