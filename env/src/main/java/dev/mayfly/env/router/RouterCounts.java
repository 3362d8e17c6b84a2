package dev.mayfly.env.router;

/**
 * What a router has answered. A cached name or file is served by the kernel and never gets here: these count lookups in the
 * root of the mount only.
 *
 * @param lookups questions
 * @param hits of them answered from the pin of the calling process
 * @param misses of them that had to look at ancestors
 * @param strangers of the misses those that belong to no view
 */
public record RouterCounts(long lookups, long hits, long misses, long strangers) {
    /** Between 0 and 1; 1 when nobody has asked. */
    public double hitRate() {
        return lookups == 0 ? 1 : (double) hits / lookups;
    }
}
