package dev.mayfly.queue.port;

import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Where each job stands; the only place that decides who owns one. Safe for concurrent use by any number of processes.
 *
 * <p>Failures are {@code MayflyException}s with the codes {@code QUEUE_UNREACHABLE} or {@code STATE_UNAVAILABLE}; a
 * store that failed may or may not have happened, so its caller reads again.
 */
public interface JobLedger extends AutoCloseable {
    /** Never older than what anybody was told is stored: an owner that read an old row would take itself for overtaken. */
    Optional<JobEntry> find(JobId id);

    /**
     * Compare and set: stores the entry if the ledger still has the version that it carries, or has no row when that is
     * 0. Kept when it returns.
     *
     * @return the entry with its new version; empty when somebody else was first
     */
    Optional<JobEntry> store(JobEntry entry);

    /** The entries changed last, newest first; only those in one state when it is given. */
    List<JobEntry> newest(int most, Optional<JobState> state);

    /** Entries whose id starts with this, in the order of ids. */
    List<JobEntry> startingWith(String prefix, int most);

    /** Says that an epoch lives. The number must be another one each time. */
    void beat(Epoch epoch, long number);

    /** What an epoch said last; empty when it never did or has been forgotten. */
    OptionalLong lastBeat(Epoch epoch);

    /**
     * How many epochs have beaten since this time, for people: by the ledger's clock and not by ours, so nothing may be
     * decided by it. Empty when this ledger cannot tell.
     */
    default OptionalInt workersSince(Instant time) {
        return OptionalInt.empty();
    }

    /** Whether it is known that no epoch has; cheap enough for everybody who waits. */
    default boolean isNoWorkerSince(Instant time) {
        OptionalInt workers = workersSince(time);
        return workers.isPresent() && workers.getAsInt() == 0;
    }

    /** Forgets final entries that changed last before this, and epochs that own nothing; returns how many entries. */
    int forgetBefore(Instant time);

    @Override
    void close();
}
