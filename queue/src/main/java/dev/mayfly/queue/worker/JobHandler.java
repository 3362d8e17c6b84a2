package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.error.Retry;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkerEvents;
import dev.mayfly.queue.protocol.ClaimRules;
import dev.mayfly.queue.protocol.Step;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings one message to its end. The order is the protocol: claim in the ledger, run, answer on this machine's disk,
 * answer in the ledger, tell those who wait, acknowledge. Wherever it stops, the message comes again and the ledger says
 * how far it got.
 */
final class JobHandler {
    private final Epoch me;
    private final QueueEngine engine;
    private final JobRunner runner;
    private final ClaimRules rules;
    private final WorkerSettings settings;
    private final Owners owners;
    private final Heart heart;
    private final Gate gate;
    private final WorkerEvents events;
    private final Trials trials;
    private final Clock clock;
    private final Ticker ticker;
    private final Log log;

    JobHandler(Worker.Parts parts, Owners owners, Heart heart, Gate gate) {
        this.me = parts.me();
        this.engine = parts.engine();
        this.runner = parts.runner();
        this.settings = parts.settings();
        this.rules = new ClaimRules(settings.maxAttempts(), settings.askAgain());
        this.owners = owners;
        this.heart = heart;
        this.gate = gate;
        this.events = parts.events();
        this.trials = parts.trials();
        this.clock = parts.clock();
        this.ticker = parts.ticker();
        this.log = parts.log();
    }

    /**
     * Ends with the message acknowledged, buried, or left to come again.
     *
     * @throws MayflyException when queue or ledger fail; the message then comes again by itself
     */
    void handle(Delivery delivery) throws InterruptedException {
        if (delivery.count() > 1) {
            events.redelivery();
        }
        Names names = Names.of(delivery.message());
        Prepared job;
        try {
            job = runner.prepare(delivery.message().body());
        } catch (MayflyException e) {
            if (e.code().retry() != Retry.NEVER) {
                throw e;
            }
            reject(delivery, names, e);
            return;
        }
        if (!answeredAlready(delivery, names, job)) {
            serve(delivery, names, job);
        }
    }

    /** Malformed: no try would change that. Who waits is told, and the message is kept. */
    private void reject(Delivery delivery, Names names, MayflyException failure) {
        Answer answer = Answer.Failed.of(failure);
        names.promised().ifPresent(id -> keepPromise(id, JobState.DONE, answer));
        announce(names, Optional.empty(), answer);
        bury(delivery, names.promised(), failure.code().label() + " " + failure.what() + ": " + failure.why());
    }

    /** Whether the job was cancelled under the id that its client knows it by. */
    private boolean answeredAlready(Delivery delivery, Names names, Prepared job) {
        Optional<Answer> known =
                names.broken(job.id()).flatMap(engine.ledger()::find).flatMap(JobEntry::answer);
        if (known.isEmpty()) {
            return false;
        }
        replay(delivery, names, job.id(), JobState.DONE, known.get());
        return true;
    }

    private void serve(Delivery delivery, Names names, Prepared job) throws InterruptedException {
        boolean settled = false;
        while (!settled) {
            Optional<JobEntry> known = engine.ledger().find(job.id());
            Step step = rules.step(job, known, me, owners.ownerOf(known), clock.instant());
            settled = switch (step) {
                case Step.Replay(Answer answer) -> {
                    replay(delivery, names, job.id(), known.orElseThrow().state(), answer);
                    yield true;
                }
                case Step.Later(Duration delay, String _) -> {
                    delivery.retry(delay);
                    yield true;
                }
                case Step.End(JobEntry entry, Optional<Attempt> orphan) -> end(delivery, names, known, entry, orphan);
                case Step.Claim(JobEntry entry, Optional<Attempt> orphan) -> claim(delivery, names, entry, orphan);
            };
        }
    }

    private void replay(Delivery delivery, Names names, JobId job, JobState state, Answer answer) {
        events.duplicate();
        names.broken(job).ifPresent(id -> keepPromise(id, state, answer));
        if (settings.replay()) {
            announce(names, Optional.of(job), answer);
        }
        close(delivery, job, state, answer);
    }

    /** False when somebody else was first and the step has to be thought over. */
    private boolean end(
            Delivery delivery, Names names, Optional<JobEntry> known, JobEntry entry, Optional<Attempt> orphan) {
        Optional<Answer> kept = orphan.flatMap(runner::recall);
        JobEntry last = kept.isPresent() && known.isPresent()
                ? known.get().ended(JobState.DONE, kept.get(), clock.instant())
                : entry;
        Optional<JobEntry> stored = engine.ledger().store(last);
        stored.ifPresent(ended -> tell(delivery, names, ended, Duration.ZERO));
        return stored.isPresent();
    }

    private boolean claim(Delivery delivery, Names names, JobEntry entry, Optional<Attempt> orphan)
            throws InterruptedException {
        runner.requireReady();
        if (!heart.isFresh()) {
            heart.beat();
        }
        Optional<JobEntry> stored = engine.ledger().store(entry);
        if (stored.isEmpty()) {
            return false;
        }
        Attempt attempt = new Attempt(entry.id(), me.id(), entry.fence());
        long started = ticker.nanos();
        Ending ending;
        try (Heart.Hold _ = heart.hold(delivery, attempt)) {
            Optional<Answer> kept = orphan.flatMap(runner::recall);
            ending = kept.isPresent() ? new Ending.Answered(kept.get()) : run(delivery, attempt);
        }
        finish(delivery, names, stored.get(), attempt, ending, Duration.ofNanos(ticker.since(started)));
        return true;
    }

    /** How one run ended. */
    private sealed interface Ending {
        record Answered(Answer answer) implements Ending {}

        record Failed(MayflyException failure) implements Ending {}

        /** Cancelled, taken over, or told to stop. */
        record Interrupted() implements Ending {}
    }

    private Ending run(Delivery delivery, Attempt attempt) {
        try {
            trials.pause();
            if (!heart.isFresh()) {
                heart.beat();
            }
            return new Ending.Answered(runner.run(delivery.message().body(), attempt));
        } catch (InterruptedException _) {
            return new Ending.Interrupted();
        } catch (MayflyException e) {
            return new Ending.Failed(e);
        }
    }

    private void finish(
            Delivery delivery, Names names, JobEntry claimed, Attempt attempt, Ending ending, Duration runTime)
            throws InterruptedException {
        JobEntry current = claimed;
        while (true) {
            JobEntry next = after(current, ending);
            Optional<JobEntry> stored = Optional.empty();
            boolean reached = true;
            try {
                stored = engine.ledger().store(next);
            } catch (MayflyException e) {
                // It may have been kept all the same, so look before trying again.
                gate.shut(e);
                reached = false;
            }
            if (stored.isPresent()) {
                settle(delivery, names, stored.get(), ending, runTime);
                return;
            }
            Optional<JobEntry> found = reached ? engine.ledger().find(claimed.id()) : findPatiently(claimed.id());
            if (found.isEmpty() || !found.get().isOwnedBy(attempt)) {
                overtaken(delivery, names, attempt, found, next);
                return;
            }
            current = found.get();
        }
    }

    /** The answer is on this machine's disk; nothing is gained by giving up before the ledger can be reached again. */
    private Optional<JobEntry> findPatiently(JobId job) throws InterruptedException {
        while (true) {
            Thread.sleep(Duration.ofMillis(200));
            try {
                return engine.ledger().find(job);
            } catch (MayflyException e) {
                gate.shut(e);
            }
        }
    }

    private JobEntry after(JobEntry entry, Ending ending) {
        return switch (ending) {
            case Ending.Answered(Answer answer) -> entry.ended(JobState.DONE, answer, clock.instant());
            case Ending.Interrupted _ -> {
                if (entry.cancelWanted()) {
                    yield entry.ended(JobState.CANCELLED, ClaimRules.cancelled(), clock.instant());
                }
                yield entry.repeatable()
                        ? entry.released("its worker was stopped", clock.instant())
                        : entry.ended(JobState.INDETERMINATE, ClaimRules.indeterminate(), clock.instant());
            }
            case Ending.Failed(MayflyException failure) -> {
                if (failure.code().retry() == Retry.NEVER) {
                    yield entry.ended(JobState.DONE, Answer.Failed.of(failure), clock.instant());
                }
                yield entry.repeatable() || Began.notYet(failure)
                        ? rules.afterFailure(entry, failure.what() + ": " + failure.why(), clock.instant())
                        : entry.ended(JobState.INDETERMINATE, ClaimRules.indeterminate(), clock.instant());
            }
        };
    }

    private void settle(Delivery delivery, Names names, JobEntry stored, Ending ending, Duration runTime) {
        if (stored.state().isFinal()) {
            tell(delivery, names, stored, runTime);
            return;
        }
        delivery.retry(
                ending instanceof Ending.Interrupted
                        ? Duration.ZERO
                        : settings.backoff().after(stored.attempts()));
        if (ending instanceof Ending.Failed(MayflyException failure)) {
            log.warn()
                    .with("job", stored.id())
                    .with("attempt", stored.attempts())
                    .with("what", failure.what())
                    .with("why", failure.why())
                    .log("an attempt failed");
            gate.shutIfOurs(failure);
        }
    }

    /** Somebody else decided meanwhile, or our own store that seemed to fail did not. */
    private void overtaken(Delivery delivery, Names names, Attempt attempt, Optional<JobEntry> found, JobEntry ours) {
        boolean same = found.isPresent()
                && found.get().state() == ours.state()
                && found.get().fence() == attempt.fence()
                && found.get().answer().equals(ours.answer());
        if (same && ours.state().isFinal()) {
            tell(delivery, names, found.get(), Duration.ZERO);
            return;
        }
        if (!same) {
            log.warn().with("job", attempt.job()).with("fence", attempt.fence()).log("taken over by another worker");
        }
        delivery.retry(settings.askAgain());
    }

    private void tell(Delivery delivery, Names names, JobEntry ended, Duration runTime) {
        Answer answer = ended.answer().orElseThrow();
        Duration waited =
                Duration.between(delivery.publishedAt(), clock.instant()).minus(runTime);
        events.finished(ended.state(), answer, waited.isNegative() ? Duration.ZERO : waited, runTime);
        names.broken(ended.id()).ifPresent(id -> keepPromise(id, ended.state(), answer));
        announce(names, Optional.of(ended.id()), answer);
        close(delivery, ended.id(), ended.state(), answer);
    }

    /** A dead or indeterminate job stays as a letter; what has its answer leaves the line. */
    private void close(Delivery delivery, JobId job, JobState state, Answer answer) {
        if (state == JobState.DEAD || state == JobState.INDETERMINATE) {
            String reason = answer instanceof Answer.Failed failed ? failed.what() + ": " + failed.why() : state.word();
            bury(delivery, Optional.of(job), reason);
        } else if (!trials.skipsAck(job) && !delivery.ack()) {
            log.debug().with("job", job).log("the acknowledgement was not confirmed; the message may come again");
        }
    }

    private void bury(Delivery delivery, Optional<JobId> job, String reason) {
        engine.queue().bury(delivery, job, reason);
        events.deadLetter();
        log.warn().with("message", delivery.number()).with("why", reason).log("became a dead letter");
    }

    /** Whoever waits asks the ledger too, so an announcement that fails delays and loses nothing. */
    private void announce(Names names, Optional<JobId> job, Answer answer) {
        for (JobId name : names.with(job)) {
            try {
                engine.answers().announce(name, answer);
            } catch (MayflyException e) {
                log.debug().with("name", name).with("why", e.why()).log("could not announce");
            }
        }
    }

    /** Ends the entry that our client made under an id which turned out not to be the job's. */
    private void keepPromise(JobId promised, JobState state, Answer answer) {
        boolean done = false;
        while (!done) {
            Optional<JobEntry> entry = engine.ledger()
                    .find(promised)
                    .filter(known -> !known.state().isFinal());
            done = entry.isEmpty()
                    || engine.ledger()
                            .store(entry.get().ended(state, answer, clock.instant()))
                            .isPresent();
        }
    }
}
