package dev.mayfly.app;

import dev.mayfly.app.metrics.Metrics;
import dev.mayfly.app.metrics.MetricsReporter;
import dev.mayfly.app.metrics.RunEnding;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;

/** Counts what runs come to. */
final class CountedRuns implements Runs {
    private final Runs runs;
    private final Metrics metrics;
    private final MetricsReporter reporter;

    CountedRuns(Runs runs, Metrics metrics, MetricsReporter reporter) {
        this.runs = runs;
        this.metrics = metrics;
        this.reporter = reporter;
    }

    @Override
    public RunOutcome run(byte[] request, RunOptions options) throws InterruptedException {
        RunEnding ending = RunEnding.FAILED;
        try {
            RunOutcome outcome = runs.run(request, options);
            ending = switch (outcome.exitCode()) {
                case GREEN -> RunEnding.GREEN;
                case YELLOW -> RunEnding.YELLOW;
                case RED -> RunEnding.RED;
                case REQUEST_INVALID, RESULT_INVALID, REFUSED, INTERNAL, USAGE, UNAVAILABLE -> RunEnding.FAILED;
            };
            return outcome;
        } finally {
            metrics.runFinished(ending);
            reporter.runFinished();
        }
    }
}
