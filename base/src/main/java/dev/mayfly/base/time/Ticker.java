package dev.mayfly.base.time;

/** A monotonic source of nanoseconds with an arbitrary zero. Only differences mean something. */
@FunctionalInterface
public interface Ticker {
    long nanos();

    /** Nanoseconds since an earlier reading. */
    default long since(long earlier) {
        return nanos() - earlier;
    }

    static Ticker system() {
        return System::nanoTime;
    }
}
