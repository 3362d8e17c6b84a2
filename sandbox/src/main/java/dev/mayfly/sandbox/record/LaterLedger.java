package dev.mayfly.sandbox.record;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A ledger that may still be opening; the first who needs it waits, and is told when it cannot be opened. */
public record LaterLedger(Supplier<? extends Ledger> opening) implements Ledger {
    @Override
    public void record(LedgerEntry entry) {
        opening.get().record(entry);
    }

    @Override
    public List<LedgerEntry> newest(int most, Optional<String> verdict) {
        return opening.get().newest(most, verdict);
    }

    @Override
    public List<LedgerEntry> startingWith(String runId, int most) {
        return opening.get().startingWith(runId, most);
    }

    @Override
    public Optional<LedgerEntry> marked(String mark) {
        return opening.get().marked(mark);
    }

    @Override
    public int removeBefore(Instant time) {
        return opening.get().removeBefore(time);
    }
}
