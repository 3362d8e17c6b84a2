package dev.mayfly.queue.worker;

import dev.mayfly.base.error.ErrorCode;
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
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.QueueEngine.Ended;
import dev.mayfly.queue.port.WorkerEvents;
import dev.mayfly.queue.protocol.ClaimRules;
import dev.mayfly.queue.protocol.Ending;
import dev.mayfly.queue.protocol.Step;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Brings one message to its end. The order is the protocol: claim in the ledger, run, answer on this machine's disk,
 * answer in the ledger, tell those who wait, acknowledge. Wherever it stops, the message comes again and the ledger says
 * how far it got. {@code DESIGN.md} says what holds at each step.
 */
final class JobHandler {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Epoch me;
    private final QueueEngine engine;
    private final JobLedger ledger;
    private final JobRunner runner;
    private final ClaimRules rules;
    private final WorkerSettings settings;
    private final Owners owners;
    private final Heart heart;
    private final Gate gate;
    private final Desk desk;
    private final Teller teller;
    private final WorkerEvents events;
    private final Trials trials;
    private final Clock clock;
    private final Ticker ticker;
    private final Sleeper sleeper;
    private final Log log;

    JobHandler(Worker.Parts parts, Owners owners, Heart heart, Gate gate, Teller teller, Sleeper sleeper) {
        this.me = parts.me();
        this.engine = parts.engine();
        this.ledger = engine.ledger();
        this.runner = parts.runner();
        this.settings = parts.settings();
        this.rules = new ClaimRules(settings.maxAttempts(), settings.askAgain());
        this.owners = owners;
        this.heart = heart;
        this.gate = gate;
        this.desk = new Desk();
        this.teller = teller;
        this.events = parts.events();
        this.trials = parts.trials();
        this.clock = parts.clock();
        this.ticker = parts.ticker();
        this.sleeper = sleeper;
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
            // A worker that could read no request at all has no right to refuse this one.
            runner.requireReady();
            reject(delivery, e);
            return;
        }
        Optional<Desk.Place> place = desk.take(names.ids(job.id()));
        if (place.isEmpty()) {
            standBack(delivery, names, job);
            return;
        }
        try (Desk.Place _ = place.get()) {
            Optional<JobId> broken = names.broken(job.id());
            if (broken.isEmpty() || !settledAsPromised(delivery, broken.get())) {
                serve(delivery, names, job);
            }
        }
    }

    /** No try would change it, as far as we know. Who waits is told; the message is kept, and a person may decide. */
    void reject(Delivery delivery, MayflyException failure) {
        Names names = Names.of(delivery.message());
        Optional<Desk.Place> place = desk.take(names.promised().map(Set::of).orElse(Set.of()));
        if (place.isEmpty()) {
            delivery.retry(settings.askAgain());
            return;
        }
        try (Desk.Place _ = place.get()) {
            if (names.promised().isPresent()
                    && settledAsPromised(delivery, names.promised().get())) {
                return;
            }
            Answer answer = Answer.Failed.of(failure);
            teller.sayOld(names, answer);
            names.promised().ifPresent(id -> teller.keepPromise(id, JobState.DEAD, answer));
            teller.bury(
                    delivery, names.promised(), failure.code().label() + " " + failure.what() + ": " + failure.why());
        }
    }

    /** Another slot has the job in hands. */
    private void standBack(Delivery delivery, Names names, Prepared job) {
        Optional<JobEntry> known = ledger.find(job.id());
        if (names.broken(job.id()).isEmpty()
                && known.isPresent()
                && known.get().state().isFinal()) {
            replay(delivery, names, known.get());
        } else {
            delivery.retry(settings.askAgain());
        }
    }

    /**
     * Whether the entry under which our client knows the message decides what becomes of it: it has its answer, for
     * example because somebody cancelled it, or a worker with the client's policy has it in hands.
     */
    private boolean settledAsPromised(Delivery delivery, JobId promised) {
        while (true) {
            Optional<JobEntry> entry = ledger.find(promised);
            if (entry.isEmpty()) {
                return false;
            }
            switch (rules.step(entry.get(), me, owners.ownerOf(entry), clock.instant())) {
                case Step.Claim _ -> {
                    return false;
                }
                case Step.Replay(Answer answer) -> {
                    events.duplicate();
                    teller.sayPromised(promised, answer);
                    teller.close(delivery, entry.get(), answer);
                    return true;
                }
                case Step.Later(Duration delay, String _) -> {
                    delivery.retry(delay);
                    return true;
                }
                case Step.End(JobEntry last, Optional<Attempt> orphan) ->
                    // And then look again and tell it.
                    ledger.store(lastWord(entry.get(), last, orphan));
            }
        }
    }

    private void serve(Delivery delivery, Names names, Prepared job) throws InterruptedException {
        boolean settled = false;
        Optional<JobEntry> hint = delivery.queued().filter(entry -> mayTrust(entry, job));
        while (!settled) {
            boolean looked = hint.isEmpty();
            Optional<JobEntry> known = looked ? ledger.find(job.id()) : hint;
            hint = Optional.empty();
            Step step = rules.step(job, known, me, owners.ownerOf(known), clock.instant());
            settled = switch (step) {
                case Step.Replay _ -> {
                    replay(delivery, names, known.orElseThrow());
                    yield true;
                }
                case Step.Later(Duration delay, String _) -> {
                    delivery.retry(delay);
                    yield true;
                }
                case Step.End(JobEntry entry, Optional<Attempt> orphan) -> end(delivery, names, known, entry, orphan);
                case Step.Claim(JobEntry entry, Optional<Attempt> orphan) ->
                    claim(delivery, names, entry, orphan, looked);
            };
        }
    }

    /**
     * Whether what came with the message may stand for the first look at the ledger, which refuses what is made of an old
     * entry. Not for an effectful job: when the claim's outcome is unknown, nobody could tell then whether it may run.
     */
    private static boolean mayTrust(JobEntry entry, Prepared job) {
        return entry.id().equals(job.id())
                && entry.state() == JobState.QUEUED
                && entry.repeatable()
                && job.repeatable();
    }

    private void replay(Delivery delivery, Names names, JobEntry entry) {
        Answer answer = entry.answer().orElseThrow();
        events.duplicate();
        // What comes again may be the job's only message, whose answer nobody was told; that is no duplicate.
        if (settings.replay() || delivery.count() > 1) {
            teller.tell(names, entry.id(), entry.state(), answer);
        }
        teller.close(delivery, entry, answer);
    }

    /** False when somebody else was first and the step has to be thought over. */
    private boolean end(
            Delivery delivery, Names names, Optional<JobEntry> known, JobEntry entry, Optional<Attempt> orphan) {
        JobEntry last = known.isPresent() ? lastWord(known.get(), entry, orphan) : entry;
        Optional<JobEntry> stored = ledger.store(last);
        stored.ifPresent(ended -> finished(delivery, names, new Ended(ended, false), Duration.ZERO));
        return stored.isPresent();
    }

    /** What its owner kept before it died counts more than what we would make of it. */
    private JobEntry lastWord(JobEntry known, JobEntry otherwise, Optional<Attempt> orphan) {
        return orphan.flatMap(runner::recall)
                .map(answer -> known.ended(JobState.DONE, answer, clock.instant()))
                .orElse(otherwise);
    }

    private boolean claim(Delivery delivery, Names names, JobEntry entry, Optional<Attempt> orphan, boolean looked)
            throws InterruptedException {
        runner.requireReady();
        if (!heart.isFresh()) {
            heart.beat();
        }
        long lapses = heart.lapses();
        Attempt attempt = new Attempt(entry.id(), me.id(), entry.fence());
        Optional<JobEntry> claimed = storeClaim(entry, attempt, looked);
        if (claimed.isEmpty()) {
            return false;
        }
        long started = ticker.nanos();
        Ending ending;
        try (Heart.Hold _ = heart.hold(delivery, attempt)) {
            ending = run(delivery, claimed.get(), attempt, orphan, lapses);
        }
        finish(delivery, names, claimed.get(), attempt, ending, Duration.ofNanos(ticker.since(started)));
        return true;
    }

    /**
     * A claim whose outcome is unknown is looked for: while we hold the job's place on the desk, nobody but us can have
     * made a row with this attempt. To leave it unknown would strand the job for as long as we live.
     *
     * @param looked whether the entry was read while we held that place. If not, the row may be what an earlier slot of
     *     ours left, and is looked at as such
     */
    private Optional<JobEntry> storeClaim(JobEntry entry, Attempt attempt, boolean looked) throws InterruptedException {
        try {
            return ledger.store(entry);
        } catch (MayflyException e) {
            gate.shut(e);
            return findPatiently(entry.id()).filter(found -> looked && found.isOwnedBy(attempt));
        }
    }

    private Ending run(Delivery delivery, JobEntry claimed, Attempt attempt, Optional<Attempt> orphan, long lapses) {
        boolean begun = false;
        try {
            Optional<Answer> kept = orphan.flatMap(runner::recall);
            if (kept.isPresent()) {
                return new Ending.Answered(kept.get());
            }
            trials.pause();
            if (!stillOurs(claimed, lapses)) {
                return new Ending.Interrupted(false);
            }
            begun = true;
            return new Ending.Answered(runner.run(delivery.message().body(), attempt));
        } catch (InterruptedException _) {
            return new Ending.Interrupted(begun);
        } catch (MayflyException e) {
            return new Ending.Failed(e, begun);
        } catch (RuntimeException e) {
            log.error().with("job", attempt.job()).cause(e).log("an attempt failed unexpectedly");
            return new Ending.Failed(
                    new MayflyException(
                            ErrorCode.INTERNAL,
                            "running the job failed unexpectedly",
                            e.toString(),
                            "look at the log of the worker, and report it",
                            e),
                    begun);
        }
    }

    /**
     * False when the claim is no longer what it was. Whoever was silent for too long since then, in whatever thread, may
     * have been declared dead meanwhile. A beat alone is no cure: somebody may have looked just before it. So the row is
     * stored once more, after the beat: a claim of somebody who looked before then fails, and whoever looks after sees the
     * beat.
     *
     * @param lapses of our heart, counted before the row was stored
     */
    private boolean stillOurs(JobEntry claimed, long lapses) {
        JobEntry current = claimed;
        long before = lapses;
        while (!heart.isFreshSince(before)) {
            if (!heart.isFresh()) {
                heart.beat();
            }
            before = heart.lapses();
            Optional<JobEntry> stored = ledger.store(current);
            if (stored.isEmpty()) {
                return false;
            }
            current = stored.get();
        }
        return true;
    }

    private void finish(
            Delivery delivery, Names names, JobEntry claimed, Attempt attempt, Ending ending, Duration runTime)
            throws InterruptedException {
        JobEntry current = claimed;
        while (true) {
            JobEntry next = rules.after(current, ending, clock.instant());
            Optional<Ended> stored = Optional.empty();
            try {
                stored = store(delivery, names, next);
            } catch (MayflyException e) {
                // It may have been kept all the same, so look before trying again.
                gate.shut(e);
            }
            if (stored.isPresent()) {
                settle(delivery, names, stored.get(), ending, runTime);
                return;
            }
            Optional<JobEntry> found = findPatiently(claimed.id());
            if (found.isEmpty() || !found.get().isOwnedBy(attempt)) {
                overtaken(delivery, names, attempt, found, next, runTime);
                return;
            }
            current = found.get();
        }
    }

    /**
     * Only the ledger says how far we got, and nothing is gained by giving up before it can be reached again; unless we
     * are told to stop. Then the row is left to whoever finds that its owner is gone.
     */
    private Optional<JobEntry> findPatiently(JobId job) throws InterruptedException {
        while (true) {
            try {
                return ledger.find(job);
            } catch (MayflyException e) {
                gate.shut(e);
                if (heart.stopping()) {
                    throw e;
                }
            }
            sleeper.sleep(LOOK_AGAIN);
        }
    }

    /** An end that has to be told to nobody but those who look at its row may take its message along. */
    private Optional<Ended> store(Delivery delivery, Names names, JobEntry next) {
        boolean rowTellsAll = next.state().isFinal()
                && !next.state().leavesLetter()
                && names.old().isEmpty()
                && names.broken(next.id()).isEmpty();
        return rowTellsAll && !trials.skipAcks()
                ? engine.end(next, delivery)
                : ledger.store(next).map(stored -> new Ended(stored, false));
    }

    private void settle(Delivery delivery, Names names, Ended end, Ending ending, Duration runTime) {
        JobEntry stored = end.entry();
        if (stored.state().isFinal()) {
            finished(delivery, names, end, runTime);
            return;
        }
        delivery.retry(
                ending instanceof Ending.Interrupted
                        ? Duration.ZERO
                        : settings.backoff().after(stored.attempts()));
        if (ending instanceof Ending.Failed(MayflyException failure, boolean _)) {
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
    private void overtaken(
            Delivery delivery,
            Names names,
            Attempt attempt,
            Optional<JobEntry> found,
            JobEntry ours,
            Duration runTime) {
        boolean same = found.isPresent()
                && found.get().state() == ours.state()
                && found.get().fence() == attempt.fence()
                && found.get().answer().equals(ours.answer());
        if (same && ours.state().isFinal()) {
            finished(delivery, names, new Ended(found.get(), false), runTime);
            return;
        }
        if (!same) {
            log.warn().with("job", attempt.job()).with("fence", attempt.fence()).log("taken over by another worker");
        }
        delivery.retry(settings.askAgain());
    }

    /** The answer stands in the ledger since just now, and by us. */
    private void finished(Delivery delivery, Names names, Ended end, Duration runTime) {
        JobEntry ended = end.entry();
        Answer answer = ended.answer().orElseThrow();
        Duration waited =
                Duration.between(delivery.publishedAt(), clock.instant()).minus(runTime);
        events.finished(ended.state(), answer, waited.isNegative() ? Duration.ZERO : waited, runTime);
        teller.tell(names, ended.id(), ended.state(), answer);
        if (!end.acknowledged()) {
            teller.close(delivery, ended, answer);
        }
    }
}
