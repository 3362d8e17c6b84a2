package dev.mayfly.queue.client;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.protocol.ClaimRules;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What can be done with jobs from outside a worker. Safe for concurrent use; owns nothing. */
public final class JobClient {
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Whoever waits for long hears this often that we still wait. */
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

    /** Workers beat every third of a lease; the usual one, and clocks that differ a little. */
    private static final Duration USUALLY_HEARD = Duration.ofSeconds(30);

    private final QueueEngine engine;
    private final JobRunner runner;
    private final String subject;
    private final Clock clock;
    private final Duration heard;

    /** @param subject where requests are published */
    public JobClient(QueueEngine engine, JobRunner runner, String subject, Clock clock) {
        this(engine, runner, subject, clock, USUALLY_HEARD);
    }

    /** @param heard a worker that said nothing for so long is told to be missing, to whoever waits */
    public JobClient(QueueEngine engine, JobRunner runner, String subject, Clock clock, Duration heard) {
        this.engine = engine;
        this.runner = runner;
        this.subject = subject;
        this.clock = clock;
        this.heard = heard;
    }

    /**
     * Puts a request in line, unless it has its answer already. It is kept when this returns. Made twice, also by two
     * callers at once or after a crash in the middle, it makes one job.
     */
    public Submission submit(byte[] request) {
        return submit(prepare(request), request);
    }

    /**
     * Reads and names a request, for those who listen for its job before they send it.
     *
     * @throws MayflyException when it is malformed or its policy cannot be read
     */
    public Prepared prepare(byte[] request) {
        return runner.prepare(request);
    }

    /** @param job what {@link #prepare} said of this request */
    public Submission submit(Prepared job, byte[] request) {
        while (true) {
            Optional<JobEntry> known = engine.ledger().find(job.id());
            JobEntry wanted = known.map(this::again).orElseGet(() -> JobEntry.queued(job, clock.instant()));
            boolean unchanged = known.isPresent() && known.get().equals(wanted);
            Message message = new Message(subject, wanted.messageId(), request);
            if (unchanged) {
                if (wanted.state() == JobState.QUEUED) {
                    // It was in line before, but whoever made the entry may have died before publishing.
                    engine.queue().publish(message);
                }
                return new Submission(wanted, true);
            }
            Optional<JobEntry> entry = engine.enqueue(wanted, message);
            if (entry.isPresent()) {
                return new Submission(entry.get(), false);
            }
        }
    }

    /** A cancelled job may be wanted after all; dead and indeterminate ones are for {@link #requeue}. */
    private JobEntry again(JobEntry known) {
        return known.state() == JobState.CANCELLED ? known.reopened(clock.instant()) : known;
    }

    /** Begins to listen for a job's end; to be done before it is sent, so that the end of a quick one is not missed. */
    public Answers.Listener listen(JobId job) {
        return engine.answers().listen(job);
    }

    /**
     * Waits until a job is final.
     *
     * @param changes hears of each change of its state on the way, of trouble with the ledger, and every half minute that
     *     nothing has changed
     * @throws MayflyException {@code WAIT_OVER} when it is not final in time, {@code NOT_FOUND} when nobody knows it
     */
    public JobEntry await(JobId job, Answers.Listener listener, Deadline deadline, Consumer<String> changes)
            throws InterruptedException {
        return await(job, Optional.empty(), listener, deadline, changes);
    }

    /** The same for a job that was just sent, whose entry need not be looked for. */
    public JobEntry await(Submission sent, Answers.Listener listener, Deadline deadline, Consumer<String> changes)
            throws InterruptedException {
        return await(sent.entry().id(), Optional.of(sent.entry()), listener, deadline, changes);
    }

    private JobEntry await(
            JobId job, Optional<JobEntry> last, Answers.Listener listener, Deadline deadline, Consumer<String> changes)
            throws InterruptedException {
        News news = new News(changes, deadline.left());
        Optional<JobEntry> seen = last;
        while (true) {
            Supplier<String> word;
            try {
                Optional<JobEntry> entry =
                        seen.isPresent() ? seen : engine.ledger().find(job);
                seen = Optional.empty();
                if (entry.isEmpty()) {
                    throw unknown(job.value());
                }
                if (entry.get().state().isFinal()) {
                    return entry.get();
                }
                word = () -> told(entry.get());
            } catch (MayflyException e) {
                if (e.code() != ErrorCode.QUEUE_UNREACHABLE) {
                    throw e;
                }
                word = () -> e.what() + "; trying again";
            }
            news.tell(word, deadline.left());
            if (deadline.passed()) {
                throw new MayflyException(
                        ErrorCode.WAIT_OVER,
                        "the job " + job + " has no answer yet",
                        word.get(),
                        "it stays in the queue; mayfly job result --wait " + job + " waits again");
            }
            listener.await(deadline.left().compareTo(LOOK) < 0 ? deadline.left() : LOOK);
        }
    }

    /** What is said to whoever waits, and when. */
    private static final class News {
        private final Consumer<String> listener;
        private final Duration patience;
        private String said = "";
        private Duration saidAt = Duration.ZERO;
        private boolean looked;

        News(Consumer<String> listener, Duration patience) {
            this.listener = listener;
            this.patience = patience;
        }

        void tell(Supplier<String> news, Duration left) {
            if (!looked) {
                // Too early for news: a quick job has its answer before anybody could read them.
                looked = true;
                return;
            }
            Duration waited = patience.minus(left);
            String word = news.get();
            if (!word.equals(said)) {
                listener.accept(word);
                said = word;
                saidAt = waited;
            } else if (waited.minus(saidAt).compareTo(SAY_AGAIN) >= 0) {
                listener.accept(word + " (for " + waited.toSeconds() + " s now)");
                saidAt = waited;
            }
        }
    }

    private String told(JobEntry entry) {
        if (entry.state() == JobState.RUNNING) {
            return "running" + (entry.attempts() > 1 ? ", attempt " + entry.attempts() : "");
        }
        String again = entry.note().isEmpty() ? "" : " again: " + entry.note();
        return "waits for a worker" + again + (nobodyServes() ? "; none is heard of: mayfly worker starts one" : "");
    }

    private boolean nobodyServes() {
        try {
            return engine.ledger().isNoWorkerSince(clock.instant().minus(heard));
        } catch (MayflyException e) {
            // It was asked for the sake of a better word only.
            return false;
        }
    }

    /**
     * Keeps a job from running, or asks its worker to stop it.
     *
     * @return the entry: final, or running and asked to stop
     */
    public JobEntry cancel(JobId job) {
        while (true) {
            JobEntry entry = engine.ledger().find(job).orElseThrow(() -> unknown(job.value()));
            boolean running = entry.state() == JobState.RUNNING;
            if (entry.state().isFinal() || (running && entry.cancelWanted())) {
                return entry;
            }
            JobEntry next = running
                    ? entry.cancelWanted(clock.instant())
                    : entry.ended(JobState.CANCELLED, ClaimRules.cancelled(), clock.instant());
            Optional<JobEntry> stored = engine.ledger().store(next);
            if (stored.isPresent()) {
                stored.get().answer().ifPresent(answer -> announce(job, answer));
                return stored.get();
            }
        }
    }

    /** The ledger has it already; a word that is lost costs those who wait only time. */
    private void announce(JobId job, Answer answer) {
        try {
            engine.answers().announce(job, answer);
        } catch (MayflyException _) {
            // Whoever waits looks at the ledger too.
        }
    }

    /** Puts the message of a dead letter in line again, and the job with it; the letter is forgotten afterwards. */
    public void requeue(long number) {
        DeadLetter letter = engine.queue()
                .deadLetter(number)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NOT_FOUND,
                        "there is no dead letter " + number,
                        "it was put in line again, or never was",
                        "mayfly job dlq ls"));
        Message old = letter.message();
        Optional<JobEntry> reopened = letter.job().flatMap(this::reopen);
        // Without a job, the number makes an id that no window has seen.
        String id = reopened.map(JobEntry::messageId).orElse("dlq." + number);
        engine.queue().publish(new Message(old.subject(), id, old.body()));
        engine.queue().forget(number);
    }

    private Optional<JobEntry> reopen(JobId job) {
        while (true) {
            Optional<JobEntry> entry = engine.ledger().find(job);
            if (entry.isEmpty() || !entry.get().state().canReopen()) {
                return entry;
            }
            Optional<JobEntry> stored = engine.ledger().store(entry.get().reopened(clock.instant()));
            if (stored.isPresent()) {
                return stored;
            }
        }
    }

    private static MayflyException unknown(String job) {
        return new MayflyException(
                ErrorCode.NOT_FOUND, "there is no job " + job, "the ledger of the queue has none", "mayfly job ls");
    }
}
