package dev.mayfly.queue.worker;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The engine as one process sees it: each call may fail, before or after it had its effect.
 *
 * @param together whether it keeps entries and messages in one place, and so gives with a message the entry that it saw
 *     and takes the message out of line with the job's end
 */
record SimEngine(MemoryEngine real, boolean together, SimFaults faults, SimTasks.Process process)
        implements QueueEngine {
    @Override
    public WorkQueue queue() {
        return new Queue();
    }

    @Override
    public JobLedger ledger() {
        return new Ledger();
    }

    @Override
    public Answers answers() {
        return new Tongue();
    }

    /** As an engine does that keeps entries and messages together, or as one that does not. */
    @Override
    public Optional<Ended> end(JobEntry last, Delivery delivery) {
        if (!together) {
            return QueueEngine.super.end(last, delivery);
        }
        return faults.call(
                process,
                () -> real.ledger().store(last).map(stored -> {
                    // Who waits looks at the row.
                    real.answers().announce(stored.id(), stored.answer().orElseThrow());
                    return new Ended(stored, ((Held) delivery).real.ack());
                }));
    }

    @Override
    public void close() {}

    private final class Tongue implements Answers {
        @Override
        public void announce(JobId name, Answer answer) {
            faults.run(process, () -> real.answers().announce(name, answer));
        }

        @Override
        public Listener listen(JobId name) {
            return real.answers().listen(name);
        }

        @Override
        public void close() {}
    }

    private final class Ledger implements JobLedger {
        @Override
        public Optional<JobEntry> find(JobId id) {
            return faults.call(process, () -> real.ledger().find(id));
        }

        @Override
        public Optional<JobEntry> store(JobEntry entry) {
            return faults.call(process, () -> {
                Optional<JobEntry> stored = real.ledger().store(entry);
                if (stored.flatMap(JobEntry::owner).isPresent()) {
                    faults.stallAfterClaim(process);
                }
                return stored;
            });
        }

        @Override
        public List<JobEntry> newest(int most, Optional<JobState> state) {
            return real.ledger().newest(most, state);
        }

        @Override
        public List<JobEntry> startingWith(String prefix, int most) {
            return real.ledger().startingWith(prefix, most);
        }

        @Override
        public void beat(Epoch epoch, long number) {
            faults.run(process, () -> real.ledger().beat(epoch, number));
        }

        @Override
        public OptionalLong lastBeat(Epoch epoch) {
            return faults.call(process, () -> real.ledger().lastBeat(epoch));
        }

        @Override
        public int forgetBefore(Instant time) {
            return real.ledger().forgetBefore(time);
        }

        @Override
        public void close() {}
    }

    private final class Queue implements WorkQueue {
        @Override
        public boolean publish(Message message) {
            return faults.call(process, () -> real.queue().publish(message));
        }

        @Override
        public Optional<Delivery> next(Duration wait) {
            return faults.call(process, () -> {
                try {
                    if (faults.strikes(0.5)) {
                        real.queue().deliverAgain();
                    }
                    return real.queue().next(Duration.ZERO).map(taken -> new Held(taken, seen(taken.message())));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        private Optional<JobEntry> seen(Message message) {
            return together && JobId.fits(message.id())
                    ? real.ledger().find(new JobId(message.id())).filter(row -> row.state() == JobState.QUEUED)
                    : Optional.empty();
        }

        @Override
        public void bury(Delivery delivery, Optional<JobId> job, String reason) {
            faults.run(process, () -> real.queue().bury(delivery, job, reason));
        }

        @Override
        public List<DeadLetter> deadLetters(int most) {
            return real.queue().deadLetters(most);
        }

        @Override
        public Optional<DeadLetter> deadLetter(long number) {
            return faults.call(process, () -> real.queue().deadLetter(number));
        }

        @Override
        public void forget(long number) {
            faults.run(process, () -> real.queue().forget(number));
        }

        @Override
        public Depth depth() {
            return real.queue().depth();
        }

        @Override
        public void close() {}
    }

    private final class Held implements Delivery {
        private final Delivery real;
        private final Optional<JobEntry> queued;

        Held(Delivery real, Optional<JobEntry> queued) {
            this.real = real;
            this.queued = queued;
        }

        @Override
        public Optional<JobEntry> queued() {
            return queued;
        }

        @Override
        public Message message() {
            return real.message();
        }

        @Override
        public long number() {
            return real.number();
        }

        @Override
        public int count() {
            return real.count();
        }

        @Override
        public Instant publishedAt() {
            return real.publishedAt();
        }

        /** Lost on its way there, or the confirmation on its way back. */
        @Override
        public boolean ack() {
            if (faults.strikes(1)) {
                return false;
            }
            return faults.call(process, real::ack) && !faults.strikes(1);
        }

        @Override
        public void retry(Duration delay) {
            faults.run(process, () -> real.retry(delay));
        }

        @Override
        public void extend() {
            if (!faults.strikes(3)) {
                faults.call(process, () -> {
                    real.extend();
                    return true;
                });
            }
        }
    }
}
