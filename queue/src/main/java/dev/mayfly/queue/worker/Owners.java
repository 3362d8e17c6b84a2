package dev.mayfly.queue.worker;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.Obituary;
import dev.mayfly.queue.protocol.ClaimRules.OwnerLife;
import dev.mayfly.queue.protocol.Watch;
import java.util.Optional;
import java.util.OptionalLong;

/** What this worker knows of the owners of jobs: by proof where there is one, else by watching their beats. */
final class Owners {
    private final Epoch me;
    private final JobLedger ledger;
    private final Obituary obituary;
    private final Watch watch;

    Owners(Epoch me, JobLedger ledger, Obituary obituary, Ticker ticker, WorkerSettings settings) {
        this.me = me;
        this.ledger = ledger;
        this.obituary = obituary;
        this.watch = new Watch(ticker, settings.lease());
    }

    /**
     * To be asked only with a place on the desk for the job. Then a row which says that we own it is over too: no slot of
     * ours is at it, so an attempt of ours could not say how it ended, and nobody else could find that out while we live.
     */
    OwnerLife ownerOf(Optional<JobEntry> entry) {
        Optional<Epoch> owner = entry.flatMap(JobEntry::owner);
        if (owner.isEmpty()) {
            return OwnerLife.LIVES_OR_UNKNOWN;
        }
        if (owner.get().id().equals(me.id()) || obituary.isOver(owner.get())) {
            return OwnerLife.OVER;
        }
        OptionalLong beat = ledger.lastBeat(owner.get());
        synchronized (watch) {
            return watch.hasStopped(owner.get().id(), beat, entry.orElseThrow().longest())
                    ? OwnerLife.OVER
                    : OwnerLife.LIVES_OR_UNKNOWN;
        }
    }
}
