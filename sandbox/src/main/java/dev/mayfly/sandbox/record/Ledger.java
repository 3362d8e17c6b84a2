package dev.mayfly.sandbox.record;

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

    /** The newest entries, newest first. */
    List<LedgerEntry> newest(int most);

    /** The newest entry whose run id is, or starts with, this text; empty when none does. */
    Optional<LedgerEntry> find(String runIdOrPrefix);
}
