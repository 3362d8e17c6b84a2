package dev.mayfly.fleet.backend.fake;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.protocol.Attempt;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The host below a {@link FakeBackend}: its machines outlive the back end, as real ones do. Guarded by itself. */
public final class FakeHost {
    static final class Machine {
        final Plan plan;
        final int port;
        long madeAt;
        boolean stood;
        boolean dead;
        boolean destroyed;

        @Nullable
        String script;

        long begunAt;

        Machine(Plan plan, int port, long madeAt) {
            this.plan = plan;
            this.port = port;
            this.madeAt = madeAt;
        }
    }

    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 64_000;

    final Ticker ticker;
    final FakeTimes times;
    final Map<Attempt, Machine> machines = new HashMap<>();
    final Map<ResourceType, Integer> standing = new EnumMap<>(ResourceType.class);
    private int ports;

    public FakeHost(Ticker ticker, FakeTimes times) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.times = Objects.requireNonNull(times, "times");
    }

    int nextPort() {
        return FIRST_PORT + ports++ % PORTS;
    }

    /** The machine dies by itself, and its bundle stays. */
    public synchronized void kill(Attempt attempt) {
        Machine machine = machines.get(attempt);
        if (machine != null) {
            machine.dead = true;
            notifyAll();
        }
    }
}
