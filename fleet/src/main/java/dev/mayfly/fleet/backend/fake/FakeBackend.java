package dev.mayfly.fleet.backend.fake;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.fake.FakeHost.Machine;
import dev.mayfly.fleet.protocol.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Machines of a {@link FakeHost}. A script is not run: it ends with the number in its last {@code exit N}, else 0. */
public final class FakeBackend implements Backend {
    private final FakeHost host;

    public FakeBackend(FakeHost host) {
        this.host = Objects.requireNonNull(host, "host");
    }

    @Override
    public Set<Attempt> survey() {
        synchronized (host) {
            return Set.copyOf(host.machines.keySet());
        }
    }

    @Override
    public void make(Plan plan) {
        synchronized (host) {
            if (host.machines.containsKey(plan.attempt())) {
                throw failed(plan.attempt(), "there is one already");
            }
            host.machines.put(plan.attempt(), new Machine(plan, host.nextPort(), host.ticker.nanos()));
        }
    }

    @Override
    public Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        synchronized (host) {
            Machine machine = machine(attempt);
            long readyAt = machine.madeAt
                    + host.times.cloning().plus(host.times.booting()).toNanos();
            if (!waitFor(attempt, machine, readyAt, patience)) {
                throw failed(attempt, "it did not answer for " + patience);
            }
            return new Address("127.0.0.1", machine.port, "");
        }
    }

    @Override
    public void begin(Attempt attempt, String script) {
        synchronized (host) {
            Machine machine = machine(attempt);
            if (machine.script != null) {
                throw failed(attempt, "a script was started before");
            }
            machine.script = script;
            machine.begunAt = host.ticker.nanos();
        }
    }

    @Override
    public OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        synchronized (host) {
            Machine machine = machine(attempt);
            String script = machine.script;
            if (script == null) {
                throw failed(attempt, "no script was started");
            }
            long endsAt = machine.begunAt + host.times.working().toNanos();
            if (!waitFor(attempt, machine, endsAt, patience)) {
                return OptionalInt.empty();
            }
            return OptionalInt.of(FakeScript.exitCode(script));
        }
    }

    @Override
    public String output(Attempt attempt) {
        synchronized (host) {
            String script = machine(attempt).script;
            return script == null ? "" : FakeScript.output(script);
        }
    }

    @Override
    public void destroy(Attempt attempt) {
        synchronized (host) {
            Machine machine = host.machines.remove(attempt);
            if (machine != null) {
                machine.destroyed = true;
                host.notifyAll();
            }
        }
    }

    @Override
    public Map<ResourceType, Integer> standing() {
        synchronized (host) {
            return Map.copyOf(host.standing);
        }
    }

    @Override
    public void prepare(ResourceType type, Duration patience) throws InterruptedException {
        synchronized (host) {
            long at = host.ticker.nanos()
                    + host.times.cloning().plus(host.times.booting()).toNanos();
            while (at - host.ticker.nanos() > 0) {
                host.wait(1);
            }
            host.standing.merge(type, 1, Integer::sum);
        }
    }

    @Override
    public Optional<Address> take(Plan plan) {
        synchronized (host) {
            if (!host.standing.containsKey(plan.type())) {
                return Optional.empty();
            }
            make(plan);
            host.standing.computeIfPresent(plan.type(), (_, count) -> count > 1 ? count - 1 : null);
            Machine machine = machine(plan.attempt());
            machine.stood = true;
            machine.madeAt -= host.times.cloning().plus(host.times.booting()).toNanos();
            return Optional.of(new Address("127.0.0.1", machine.port, ""));
        }
    }

    @Override
    public void dismiss() {
        synchronized (host) {
            host.standing.clear();
        }
    }

    @Override
    public List<String> sweep() {
        synchronized (host) {
            List<String> swept = host.standing.entrySet().stream()
                    .map(each -> each.getValue() + " machines of size "
                            + each.getKey().word())
                    .toList();
            dismiss();
            return swept;
        }
    }

    @Override
    public Optional<StartTimes> times(Attempt attempt) {
        synchronized (host) {
            Duration none = Duration.ZERO;
            return Optional.ofNullable(host.machines.get(attempt))
                    .map(machine -> machine.stood
                            ? new StartTimes(StartTimes.Way.STANDING, "", none, none, none, none)
                            : new StartTimes(
                                    StartTimes.Way.BOOTED, "", host.times.cloning(), host.times.booting(), none, none));
        }
    }

    private Machine machine(Attempt attempt) {
        Machine machine = host.machines.get(attempt);
        if (machine == null) {
            throw failed(attempt, "there is none");
        }
        if (machine.dead) {
            throw failed(attempt, "it has died");
        }
        return machine;
    }

    /** @return false when patience was over first */
    private boolean waitFor(Attempt attempt, Machine machine, long at, Duration patience) throws InterruptedException {
        long until = host.ticker.nanos() + patience.toNanos();
        while (true) {
            if (machine.dead || machine.destroyed) {
                throw failed(attempt, machine.dead ? "it has died" : "it was destroyed");
            }
            long now = host.ticker.nanos();
            if (at - now <= 0) {
                return true;
            }
            if (until - now <= 0) {
                return false;
            }
            // Not longer than a moment, because the ticker may be one that a test moves.
            host.wait(Math.clamp(Math.min(at - now, until - now) / 1_000_000, 1, 10));
        }
    }

    private static MayflyException failed(Attempt attempt, String why) {
        return new MayflyException(
                ErrorCode.MACHINE_FAILED, "the machine of " + attempt + " is of no use", why, "destroy it");
    }

    @Override
    public void close() {}
}
