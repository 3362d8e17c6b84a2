package dev.mayfly.bench.control;

import java.util.Optional;

/** One runner that somebody wants, and when what became of it. Times on {@link System#nanoTime}, 0 for never. */
public final class Wish {
    private final String name;
    private final boolean told;
    private volatile long meantAt;
    private volatile long acceptedAt;
    private volatile long orderedAt;
    private volatile long readyAt;
    private volatile long goneAt;
    private volatile long acceptedMicros;
    private volatile long orderedMicros;
    private volatile Optional<String> id = Optional.empty();

    Wish(String name, boolean told) {
        this.name = name;
        this.told = told;
    }

    public String name() {
        return name;
    }

    /** Whether the caller wanted to be told how it goes. */
    boolean told() {
        return told;
    }

    /** When it was due: a load that comes late has made somebody wait all the same. */
    void meant(long at) {
        meantAt = at;
    }

    void accepted(long at, long micros) {
        if (acceptedAt == 0) {
            acceptedMicros = micros;
            acceptedAt = at;
        }
    }

    void ordered(long at, long micros) {
        if (orderedAt == 0) {
            orderedMicros = micros;
            orderedAt = at;
        }
    }

    void ready(long at, Optional<String> runner) {
        id = runner;
        readyAt = at;
    }

    void gone(long at) {
        goneAt = at;
    }

    public boolean isReady() {
        return readyAt != 0;
    }

    public boolean isOrdered() {
        return orderedAt != 0;
    }

    public boolean isGone() {
        return goneAt != 0;
    }

    public long meantAt() {
        return meantAt;
    }

    public long orderedAt() {
        return orderedAt;
    }

    public long readyAt() {
        return readyAt;
    }

    public Optional<String> id() {
        return id;
    }

    /** From when it was due until the caller heard that it has a host; negative when the caller was not told. */
    public long accepting() {
        return acceptedAt == 0 ? -1 : acceptedAt - meantAt;
    }

    /** From when it was due until the order was with a host. */
    public long ordering() {
        return orderedAt - meantAt;
    }

    /** From the server's decision, by the wall clock, until the order was with a host; negative when that is not known. */
    public long carrying() {
        return acceptedAt == 0 || orderedAt == 0 ? -1 : Math.max(0, orderedMicros - acceptedMicros) * 1_000;
    }
}
