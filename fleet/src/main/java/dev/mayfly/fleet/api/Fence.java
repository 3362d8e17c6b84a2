package dev.mayfly.fleet.api;

/**
 * The number of one placement. The server gives each one once, rising over the life of its state, to one runner on one
 * agent. What carries another number than the runner's present one comes from the past.
 */
public record Fence(long value) implements Comparable<Fence> {
    /** Before the first placement. */
    public static final Fence NONE = new Fence(0);

    public Fence {
        if (value < 0) {
            throw new IllegalArgumentException("a fence is not negative: " + value);
        }
    }

    public Fence next() {
        return new Fence(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(Fence other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
