package dev.mayfly.queue.port;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobState;
import java.time.Duration;

/** What a worker tells whoever counts. Calls must be quick and must not fail. */
public interface WorkerEvents {
    /** A job got its answer here. */
    void finished(JobState end, Answer answer, Duration queueWait, Duration runTime);

    /** A message asked for a job that has its answer, and was given it. */
    void duplicate();

    /** A message came that the queue had delivered before. */
    void redelivery();

    /** A message became a dead letter. */
    void deadLetter();

    void inFlight(int jobs);

    /** Whether it takes jobs; when not, why. */
    void condition(WorkerCondition condition, String why);

    /** For those who count nothing. */
    static WorkerEvents none() {
        return new WorkerEvents() {
            @Override
            public void finished(JobState end, Answer answer, Duration queueWait, Duration runTime) {}

            @Override
            public void duplicate() {}

            @Override
            public void redelivery() {}

            @Override
            public void deadLetter() {}

            @Override
            public void inFlight(int jobs) {}

            @Override
            public void condition(WorkerCondition condition, String why) {}
        };
    }
}
