package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import dev.mayfly.testkit.KeptLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountedRunsTest {
    private static final byte[] REQUEST = {};

    @TempDir
    Path folder;

    private final Deque<ExitCode> endings = new ArrayDeque<>();
    private final KeptLog kept = new KeptLog();

    private RunOutcome next(byte[] request, RunOptions options) {
        ExitCode next = endings.removeFirst();
        if (next == ExitCode.REFUSED) {
            throw new MayflyException(ErrorCode.POLICY_REFUSES, "no", "", "");
        }
        return new RunOutcome(JsonObject.of(), next);
    }

    private Settings oneShot(Map<String, String> environment) {
        return Settings.of(new Surroundings(folder, Map.of(), environment), Settings.Role.ONE_CALL);
    }

    @Test
    void every_run_is_counted_by_what_it_came_to_and_written_at_the_end_under_old_and_new_names() throws Exception {
        Path json = folder.resolve("metrics.json");
        Path textfile = folder.resolve("mayfly.prom");
        endings.addAll(List.of(ExitCode.GREEN, ExitCode.RED, ExitCode.YELLOW, ExitCode.REFUSED));
        try (Instruments instruments = new Instruments(
                oneShot(Map.of(
                        "MAGICRUNE_METRICS_FILE", json.toString(), "MAGICRUNE_METRICS_TEXTFILE", textfile.toString())),
                kept.log())) {
            Runs runs = instruments.around(this::next);
            for (int i = 0; i < 3; i++) {
                runs.run(REQUEST, RunOptions.DEFAULT);
            }
            assertThatThrownBy(() -> runs.run(REQUEST, RunOptions.DEFAULT)).isInstanceOf(MayflyException.class);
        }
        assertThat(Files.readString(json))
                .startsWith("{\"total\":4,\"dupe\":0,\"green\":1,\"yellow\":1,\"red\":1,\"failed\":1,");
        assertThat(Files.readString(textfile))
                .contains("mayfly_runs_total{verdict=\"yellow\"} 1\n")
                .contains("# TYPE magicrune_processed_total counter\nmagicrune_processed_total 4\n")
                .contains("\nmagicrune_dupe_total 0\n")
                .contains("\nmagicrune_red_total 1\n");
    }

    @Test
    void a_file_that_cannot_be_written_costs_no_run_its_result() throws Exception {
        endings.add(ExitCode.GREEN);
        Settings settings = oneShot(Map.of(
                "MAYFLY_METRICS_FILE", folder.resolve("absent/metrics.json").toString()));
        try (Instruments instruments = new Instruments(settings, kept.log())) {
            assertThat(instruments
                            .around(this::next)
                            .run(REQUEST, RunOptions.DEFAULT)
                            .exitCode())
                    .isEqualTo(ExitCode.GREEN);
        }
        assertThat(kept.messages()).contains("the metrics were not written");
    }

    @Test
    void one_call_measures_nothing_unless_a_file_is_asked_for_and_a_service_always_measures() {
        assertThat(Instruments.wanted(oneShot(Map.of()))).isFalse();
        assertThat(Instruments.wanted(oneShot(Map.of("MAYFLY_METRICS_FILE", "/m.json"))))
                .isTrue();
        assertThat(Instruments.wanted(Settings.of(new Surroundings(folder, Map.of(), Map.of()), Settings.Role.SERVICE)))
                .isTrue();
    }
}
