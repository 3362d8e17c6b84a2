package dev.mayfly.sandbox.record;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Remembers every run. Implementations are safe for concurrent use. */
public interface Ledger {
    /**
     * Appends an entry; its {@code number} is ignored and given by the ledger. Durable when this returns.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code STATE_UNAVAILABLE} when it could not be kept
     */
    void record(LedgerEntry entry);

    /** The entry with this mark, which is not empty. */
    Optional<LedgerEntry> marked(String mark);

    /** The newest entries, newest first; only those of one verdict when it is given. */
    List<LedgerEntry> newest(int most, Optional<String> verdict);

    /**
     * Removes the entries that are older, all but the newest of the ledger, so that numbers go on. Returns how many there
     * were.
     */
    int removeBefore(Instant time);

    /** The newest entry of each run whose id starts with this text, in the order of ids. */
    List<LedgerEntry> startingWith(String runId, int most);
}
