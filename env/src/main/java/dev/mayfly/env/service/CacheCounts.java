package dev.mayfly.env.service;

/**
 * Since the service started. What the kernel answers without asking us is in none of these numbers.
 *
 * @param hits wanted views that were mounted already
 * @param misses wanted views that had to be mounted
 * @param views that are kept mounted now
 */
public record CacheCounts(long hits, long misses, int views) {
    public long lookups() {
        return hits + misses;
    }

    /** From 0 to 1; 0 without a lookup. */
    public double hitRate() {
        return lookups() == 0 ? 0 : (double) hits / lookups();
    }
}
