package dev.mayfly.queue.worker;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.WorkerCondition;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it is told. */
final class CountingEvents implements WorkerEvents {
    final List<JobState> finished = new CopyOnWriteArrayList<>();
    final List<WorkerCondition> conditions = new CopyOnWriteArrayList<>();
    final AtomicInteger duplicates = new AtomicInteger();
    final AtomicInteger redeliveries = new AtomicInteger();
    final AtomicInteger deadLetters = new AtomicInteger();
    final AtomicInteger inFlight = new AtomicInteger();

    @Override
    public void finished(JobState end, Answer answer, Duration queueWait, Duration runTime) {
        finished.add(end);
    }

    @Override
    public void duplicate() {
        duplicates.incrementAndGet();
    }

    @Override
    public void redelivery() {
        redeliveries.incrementAndGet();
    }

    @Override
    public void deadLetter() {
        deadLetters.incrementAndGet();
    }

    @Override
    public void inFlight(int jobs) {
        inFlight.set(jobs);
    }

    @Override
    public void condition(WorkerCondition condition, String why) {
        conditions.add(condition);
    }
}
