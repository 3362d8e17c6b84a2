package dev.mayfly.app;

import dev.mayfly.app.metrics.JobEnding;
import dev.mayfly.app.metrics.Metrics;
import dev.mayfly.app.metrics.WorkerState;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.WorkerCondition;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Duration;

/** What a worker does, as metrics. */
final class CountedWork implements WorkerEvents {
    private final Metrics metrics;

    CountedWork(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void finished(JobState end, Answer answer, Duration queueWait, Duration runTime) {
        metrics.jobFinished(ending(end, answer), queueWait, runTime);
    }

    private static JobEnding ending(JobState end, Answer answer) {
        return switch (end) {
            case CANCELLED -> JobEnding.CANCELLED;
            case INDETERMINATE -> JobEnding.INDETERMINATE;
            case DEAD, QUEUED, RUNNING -> JobEnding.FAILED;
            case DONE ->
                switch (answer) {
                    case Answer.Failed _ -> JobEnding.FAILED;
                    case Answer.Graded graded ->
                        switch (graded.verdict()) {
                            case "green" -> JobEnding.GREEN;
                            case "yellow" -> JobEnding.YELLOW;
                            case "red" -> JobEnding.RED;
                            default -> JobEnding.FAILED;
                        };
                };
        };
    }

    @Override
    public void duplicate() {
        metrics.duplicate();
    }

    @Override
    public void redelivery() {
        metrics.redelivery();
    }

    @Override
    public void deadLetter() {
        metrics.deadLettered();
    }

    @Override
    public void inFlight(int jobs) {
        metrics.inFlight(jobs);
    }

    @Override
    public void condition(WorkerCondition condition, String why) {
        metrics.state(
                switch (condition) {
                    case FETCHING -> WorkerState.FETCHING;
                    case DRAINING -> WorkerState.DRAINING;
                    case STOPPED -> WorkerState.STOPPED;
                    case DISCONNECTED -> WorkerState.DISCONNECTED;
                },
                why);
    }
}
