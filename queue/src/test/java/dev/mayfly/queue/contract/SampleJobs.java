package dev.mayfly.queue.contract;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Prepared;
import java.time.Duration;
import java.time.Instant;

/** Jobs to test with. Times are whole milliseconds, which is what engines keep. */
public final class SampleJobs {
    public static final Instant NOON = Instant.parse("2026-03-04T12:00:00.123Z");
    public static final Epoch WORKER = new Epoch("epoch-1", "home-1", "boot 1 pid 7 start \"9\" é\n");

    private SampleJobs() {}

    public static JobId id(int number) {
        return new JobId("r_" + String.format("%064x", number));
    }

    public static JobEntry queued(int number) {
        Prepared job =
                new Prepared(id(number), number % 2 == 0, Duration.ofMillis(60_123), "echo \"é😀\" | cat\t" + number);
        return JobEntry.queued(job, NOON.plusMillis(number));
    }

    /** A job in this state, with everything in it that the state allows. */
    public static JobEntry in(JobState state, int number) {
        JobEntry queued = queued(number).claimed(WORKER, NOON).released("the disk was full", NOON.plusSeconds(1));
        JobEntry running = queued.claimed(WORKER, NOON.plusSeconds(2)).cancelWanted(NOON.plusSeconds(3));
        return switch (state) {
            case QUEUED -> queued;
            case RUNNING -> running;
            case DONE -> running.ended(state, graded("{\"run_id\": \"é😀\\u0000\"}"), NOON.plusSeconds(4));
            case DEAD, CANCELLED, INDETERMINATE -> running.ended(state, failed(), NOON.plusSeconds(4));
        };
    }

    public static Answer graded(String result) {
        return new Answer.Graded("yellow", 10, result);
    }

    public static Answer failed() {
        return Answer.Failed.of(ErrorCode.JOB_DEAD, "what \"happened\"", "why\nit did é", "do 😀");
    }
}
