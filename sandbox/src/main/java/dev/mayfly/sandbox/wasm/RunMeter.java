package dev.mayfly.sandbox.wasm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The fuel of one run and the time made of it. One unit is one instruction is one nanosecond of virtual time, so
 * {@code limits.cpu} is at once the fuel and the reading of the clock when it runs out. Sleeping moves the clock
 * without burning fuel and without waiting.
 */
final class RunMeter {
    /** 2026-01-01T00:00:00Z: what the real-time clock shows when a program starts. */
    static final long EPOCH_NANOS = 1_767_225_600_000_000_000L;

    /** What entering the host costs; a clock read twice is never the same. */
    private static final int CALL_FUEL = 100;

    /** 16 bytes moved across the edge cost one unit. */
    private static final int BYTES_PER_FUEL_SHIFT = 4;

    private final long budget;
    private final boolean partOfBudget;
    private final long wallNanos;
    private long sleptNanos;
    private WasmEngine.@Nullable Guest guest;

    /** @param slice fuel to give when that is less than {@code cpu} */
    RunMeter(Duration cpu, Duration wall, long slice) {
        this.budget = Math.min(nanos(cpu), slice);
        this.partOfBudget = slice < nanos(cpu);
        this.wallNanos = nanos(wall);
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(30)) > 0 ? Duration.ofDays(30).toNanos() : duration.toNanos();
    }

    void start(WasmEngine.Guest started) {
        guest = started;
        started.setFuel(budget);
    }

    void chargeCall() {
        charge(CALL_FUEL);
    }

    void chargeBytes(long count) {
        charge(count >>> BYTES_PER_FUEL_SHIFT);
    }

    void charge(long fuel) {
        WasmEngine.Guest running = guest;
        if (running != null) {
            long left = running.fuelLeft() - fuel;
            running.setFuel(left);
            if (left < 0) {
                throw new RunStop(RunStop.Why.FUEL, 0);
            }
        }
    }

    boolean empty() {
        return guest != null && guest.fuelLeft() < 0;
    }

    /** Whether an empty tank means only the end of the slice. */
    boolean sliced() {
        return partOfBudget;
    }

    long used() {
        return guest == null ? 0 : Math.min(budget, budget - guest.fuelLeft());
    }

    /** Nanoseconds since the program started. */
    long monotonic() {
        return used() + sleptNanos;
    }

    /** Nanoseconds since 1970. */
    long realtime() {
        return EPOCH_NANOS + monotonic();
    }

    void sleepUntil(long monotonicNanos) {
        long now = monotonic();
        if (monotonicNanos <= now) {
            return;
        }
        if (monotonicNanos > wallNanos) {
            sleptNanos += Math.max(0, wallNanos - now);
            throw new RunStop(RunStop.Why.WALL, 0);
        }
        sleptNanos += monotonicNanos - now;
    }
}
