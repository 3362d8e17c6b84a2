package dev.mayfly.sandbox.record;

import java.time.Duration;
import java.time.Instant;

/**
 * How much of the past is kept.
 *
 * @param runs rows of the ledger that are older go
 * @param cases cases in quarantine that are older go
 * @param caseBytes when those that are left are larger together, the oldest of them go too, but never the newest
 */
public record Retention(Duration runs, Duration cases, long caseBytes) {
    /** What one sweep removed. */
    public record Removed(int runs, Quarantine.Removed quarantined) {
        public boolean nothing() {
            return runs == 0 && quarantined.cases() == 0;
        }
    }

    /** Removes what is not kept any more; safe beside writers, which never see half of a record gone. */
    public Removed apply(Ledger ledger, Quarantine quarantine, Instant now) {
        return new Removed(ledger.removeBefore(now.minus(runs)), quarantine.remove(now.minus(cases), caseBytes));
    }
}
