package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.log.Log;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import dev.mayfly.testkit.KeptLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMetricsTest {
    private static final byte[] REQUEST = {};

    private final Deque<ExitCode> endings = new ArrayDeque<>();
    private final KeptLog kept = new KeptLog();
    private final Log log = kept.log();

    private RunOutcome next(byte[] request, RunOptions options) {
        ExitCode next = endings.removeFirst();
        if (next == ExitCode.REFUSED) {
            throw new MayflyException(ErrorCode.POLICY_REFUSES, "no", "", "");
        }
        return new RunOutcome(JsonObject.of(), next);
    }

    @Test
    void writes_every_so_many_runs_and_at_the_end_under_old_and_new_names(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("metrics.json");
        Path textfile = folder.resolve("mayfly.prom");
        endings.addAll(List.of(ExitCode.GREEN, ExitCode.RED, ExitCode.YELLOW, ExitCode.REFUSED));
        RunMetrics metrics = (RunMetrics)
                RunMetrics.around(this::next, new RunMetrics.Targets(Optional.of(json), Optional.of(textfile), 2), log);
        metrics.run(REQUEST, RunOptions.DEFAULT);
        assertThat(json).doesNotExist();
        metrics.run(REQUEST, RunOptions.DEFAULT);
        assertThat(json).hasContent("{\"total\":2,\"dupe\":0,\"green\":1,\"yellow\":0,\"red\":1,\"failed\":0}");
        metrics.run(REQUEST, RunOptions.DEFAULT);
        assertThatThrownBy(() -> metrics.run(REQUEST, RunOptions.DEFAULT)).isInstanceOf(MayflyException.class);
        metrics.close();
        assertThat(json).hasContent("{\"total\":4,\"dupe\":0,\"green\":1,\"yellow\":1,\"red\":1,\"failed\":1}");
        assertThat(Files.readString(textfile))
                .contains("mayfly_runs_total{verdict=\"yellow\"} 1\n")
                .contains("# TYPE magicrune_processed_total counter\nmagicrune_processed_total 4\n")
                .contains("\nmagicrune_dupe_total 0\n")
                .contains("\nmagicrune_red_total 1\n");
    }

    @Test
    void a_file_that_cannot_be_written_costs_no_run(@TempDir Path folder) throws Exception {
        endings.add(ExitCode.GREEN);
        Runs runs = RunMetrics.around(
                this::next,
                new RunMetrics.Targets(Optional.of(folder.resolve("absent/metrics.json")), Optional.empty(), 1),
                log);
        assertThat(runs.run(REQUEST, RunOptions.DEFAULT).exitCode()).isEqualTo(ExitCode.GREEN);
        assertThat(kept.messages()).contains("the metrics were not written");
    }
}
