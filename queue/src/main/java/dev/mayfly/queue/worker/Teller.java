package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.error.Retry;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The steps after an answer stands in the ledger: telling those who wait, and taking the message out of line. Each can be
 * done again, and is, when the message comes again because one of them failed.
 */
final class Teller {
    private final QueueEngine engine;
    private final WorkerEvents events;
    private final Trials trials;
    private final Clock clock;
    private final Log log;

    Teller(QueueEngine engine, WorkerEvents events, Trials trials, Clock clock, Log log) {
        this.engine = engine;
        this.events = events;
        this.trials = trials;
        this.clock = clock;
        this.log = log;
    }

    /** Under the job's own name, under how old clients call it, and under the promised one what stands there. */
    void tell(Names names, JobId job, JobState state, Answer answer) {
        announce(names, job, answer);
        names.broken(job).ifPresent(promised -> keepPromise(promised, state, answer));
    }

    /** Ends the entry that our client made under an id which is not the job's, and tells the answer that stands there. */
    void keepPromise(JobId promised, JobState state, Answer answer) {
        Answer stands = answer;
        boolean done = false;
        while (!done) {
            Optional<JobEntry> entry = engine.ledger().find(promised);
            stands = entry.flatMap(JobEntry::answer).orElse(answer);
            done = entry.isEmpty()
                    || entry.get().state().isFinal()
                    || engine.ledger()
                            .store(entry.get().ended(state, answer, clock.instant()))
                            .isPresent();
        }
        sayPromised(promised, stands);
    }

    /**
     * Our clients ask the ledger too; those of the replaced system hear nothing else. So a word that was not heard is said
     * again, which the message is for: it must not leave the line before.
     *
     * @throws MayflyException when it could not be said but may be later
     */
    void announce(Names names, JobId job, Answer answer) {
        say(Set.of(job), answer, engine.answers()::announce);
        sayOld(names, answer);
    }

    /** Old clients begin to listen only after their message was taken, perhaps after the answer was said. */
    void sayOld(Names names, Answer answer) {
        say(names.old(), answer, engine.answers()::insist);
    }

    void sayPromised(JobId promised, Answer answer) {
        say(Set.of(promised), answer, engine.answers()::announce);
    }

    private void say(Set<JobId> names, Answer answer, BiConsumer<JobId, Answer> how) {
        Optional<MayflyException> failure = Optional.empty();
        for (JobId name : names) {
            try {
                how.accept(name, answer);
            } catch (MayflyException e) {
                log.debug().with("name", name).with("why", e.why()).log("could not announce");
                if (e.code().retry() != Retry.NEVER) {
                    failure = Optional.of(e);
                }
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** A dead or indeterminate job stays as a letter; what has its answer leaves the line. */
    void close(Delivery delivery, JobEntry entry, Answer answer) {
        if (entry.state().leavesLetter() && !isCopy(delivery, entry)) {
            String reason = answer instanceof Answer.Failed failed
                    ? failed.what() + ": " + failed.why()
                    : entry.state().word();
            bury(delivery, Optional.of(entry.id()), reason);
        } else if (!trials.skipsAck(entry.id()) && !delivery.ack()) {
            log.debug()
                    .with("job", entry.id())
                    .with("message", delivery.number())
                    .log("the acknowledgement was not confirmed; the message may come again");
        }
    }

    /**
     * Whether another message than this one became, or will become, the job's letter. A message that is here for the first
     * time, with another name than the one the job's own would have, is not the one that somebody was about to bury.
     * Without this each duplicate of a dead job would leave a letter.
     */
    private static boolean isCopy(Delivery delivery, JobEntry entry) {
        return delivery.count() == 1 && !delivery.message().id().equals(entry.messageId());
    }

    void bury(Delivery delivery, Optional<JobId> job, String reason) {
        engine.queue().bury(delivery, job, reason);
        events.deadLetter();
        log.warn().with("message", delivery.number()).with("why", reason).log("became a dead letter");
    }
}
