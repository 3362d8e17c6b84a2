package dev.mayfly.bench.control;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.agent.AgentJournal;
import dev.mayfly.fleet.agent.AgentOutput;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One host: the agent's real core, and machines that are not there. Connects anew as agents do. Owned by the thread of its
 * {@link Crew}, but for what an {@link Ear} hears.
 */
final class PlayedHost {
    /** As the agent of a host has them. */
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int SOONEST_MILLIS = 100;
    private static final int LATEST_MILLIS = 10_000;
    private static final Duration TICK = Duration.ofSeconds(1);

    /** Of a machine that is restored: half of it is the hypervisor's. */
    private static final Duration CLONING = Duration.ofMillis(20);

    private static final Duration BOOTING = Duration.ofMillis(300);
    private static final Address ADDRESS =
            new Address("127.0.0.1", 40_022, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlayed");

    /** What stands on the host. */
    static final class Machine {
        final RunnerName name;
        final Identity identity;
        int begun;

        Machine(RunnerName name, Identity identity) {
            this.name = name;
            this.identity = identity;
        }
    }

    private final String hostname;
    private final Offer offer;
    private final AgentCore core;
    private final Dial dial;
    private final Crew crew;
    private final Fates fates;
    private final RandomGenerator random;
    private final List<AgentInput> taken = new ArrayList<>();
    private final Map<Attempt, Machine> machines = new HashMap<>();
    private @Nullable ServerSide server;
    private long link;
    private int patienceMillis = SOONEST_MILLIS;
    private long dialAgainAt = System.nanoTime();

    PlayedHost(String hostname, int places, Dial dial, Crew crew, Fates fates, RandomGenerator random) {
        this.hostname = hostname;
        this.offer = Offer.of(places, 0, 0);
        this.core = new AgentCore(
                new Memory(), new AgentSettings(offer, Deadlines.usual(), INTERVAL, LEASE), Ticker.system());
        this.dial = dial;
        this.crew = crew;
        this.fates = fates;
        this.random = random;
    }

    /** A journal that outlives everything but this process, which nobody kills. */
    private static final class Memory implements AgentJournal {
        private AgentJournal.Memory written = AgentJournal.Memory.EMPTY;

        @Override
        public AgentJournal.Memory load() {
            return written;
        }

        @Override
        public void write(AgentJournal.Memory memory) {
            written = memory;
        }
    }

    void start() {
        core.start(Set.of()).forEach(this::act);
        connect();
        tick();
    }

    private void tick() {
        taken.add(new AgentInput.Tick());
        crew.later(TICK, this, this::tick);
    }

    void hear(AgentInput input) {
        taken.add(input);
    }

    /** Everything that was heard since. */
    void step() {
        List<AgentInput> inputs = List.copyOf(taken);
        taken.clear();
        core.step(inputs).forEach(this::act);
    }

    private void act(AgentOutput output) {
        switch (output) {
            case AgentOutput.Report report -> {
                ServerSide there = server;
                if (there != null && report.link() == link) {
                    there.report(report.report());
                }
            }
            case AgentOutput.Make make -> make(make.order());
            case AgentOutput.Begin begin -> {
                Machine machine = machines.get(begin.attempt());
                if (machine != null) {
                    machine.begun++;
                    fates.begun(begin.attempt());
                }
            }
            case AgentOutput.Destroy destroy -> {
                Machine machine = machines.remove(destroy.attempt());
                if (machine != null) {
                    fates.destroyed(destroy.attempt());
                }
                crew.later(Duration.ZERO, this, () -> hear(new AgentInput.Destroyed(destroy.attempt())));
            }
            case AgentOutput.Adopt _ -> {
                // Nothing is found when a host starts, and it starts once.
            }
        }
    }

    private void make(Command.Create order) {
        Attempt attempt = order.attempt();
        machines.put(attempt, new Machine(order.name(), order.identity()));
        fates.made(order);
        crew.later(CLONING, this, () -> hear(new AgentInput.Booted(attempt)));
        crew.later(CLONING.plus(BOOTING), this, () -> hear(new AgentInput.Ready(attempt, ADDRESS)));
    }

    Optional<AgentId> id() {
        return core.id();
    }

    Map<Attempt, Machine> machines() {
        return machines;
    }

    // --- the connection --------------------------------------------------------------------------------------------

    private void connect() {
        long now = System.nanoTime();
        if (server != null || !crew.isOpen()) {
            return;
        }
        if (dialAgainAt - now > 0) {
            crew.later(Duration.ofNanos(dialAgainAt - now), this, this::connect);
            return;
        }
        dialAgainAt = now + TimeUnit.MILLISECONDS.toNanos(patienceMillis / 2 + random.nextInt(patienceMillis));
        patienceMillis = Math.min(LATEST_MILLIS, patienceMillis * 2);
        link++;
        server = dial.dial(core.id(), hostname, offer, new Ear(link));
    }

    private void lost(long which) {
        if (which == link && server != null) {
            hangUp();
            hear(new AgentInput.LinkLost(which));
            connect();
        }
    }

    void hangUp() {
        ServerSide there = server;
        server = null;
        if (there != null) {
            there.close();
        }
    }

    /** Hears one connection, on threads of the network. */
    private final class Ear implements AgentSide {
        private final long number;
        private boolean synced;

        Ear(long number) {
            this.number = number;
        }

        @Override
        public void welcomed(AgentId id, long session) {
            crew.now(PlayedHost.this, () -> {
                patienceMillis = SOONEST_MILLIS;
                hear(new AgentInput.Welcomed(number, id, session));
            });
        }

        @Override
        public void ordered(Command command) {
            if (command instanceof Command.Create create) {
                fates.ordered(create);
            } else if (command instanceof Command.Renew && !synced) {
                // Said of a report: the server has heard what is here.
                synced = true;
                fates.heard(PlayedHost.this);
            }
            crew.now(PlayedHost.this, () -> hear(new AgentInput.Ordered(number, command)));
        }

        @Override
        public void asked(Asked asked) {
            // Nobody asks.
        }

        @Override
        public void lost(String why) {
            crew.now(PlayedHost.this, () -> PlayedHost.this.lost(number));
        }
    }
}
