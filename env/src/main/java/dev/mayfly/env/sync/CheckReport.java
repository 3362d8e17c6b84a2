package dev.mayfly.env.sync;

import java.util.List;

/**
 * What a check found.
 *
 * @param bytes of payloads that were read again, 0 unless the check was deep
 * @param faults that are there now
 * @param healed faults that were there and are no more
 */
public record CheckReport(long objects, long payloads, long bytes, List<Fault> faults, List<Fault> healed) {
    public CheckReport {
        faults = List.copyOf(faults);
        healed = List.copyOf(healed);
    }

    public boolean whole() {
        return faults.isEmpty();
    }
}
