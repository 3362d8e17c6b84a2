package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.agent.AgentOutput;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.server.Input;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process of an agent. When it dies the next one begins with its journal. */
final class SimAgent {
    private static final long TICK = 1_000;

    /** A transport that hears nothing for so long takes its connection for dead. */
    private static final long SILENCE = 20_000_000_000L;

    final SimJournal journal;
    private final World world;
    private final SimHost host;
    private final AgentSettings settings;
    private final Supplier<Optional<SimLink>> dial;
    private final AgentCore core;
    private @Nullable SimLink link;
    private boolean dialling;
    private long heard;
    private boolean alive = true;

    /** @param dial a new connection of this process, if there is anybody to connect to */
    SimAgent(
            World world,
            SimHost host,
            SimJournal journal,
            AgentSettings settings,
            java.util.function.Function<SimAgent, Optional<SimLink>> dial) {
        this.world = world;
        this.host = host;
        this.journal = journal;
        this.settings = settings;
        this.dial = () -> dial.apply(this);
        this.core = new AgentCore(journal, settings, world);
        heard = world.nanos();
    }

    void begin() {
        host.agent = this;
        act(() -> core.start(host.found()));
        world.soon(1, 1_000, this::tick);
    }

    boolean alive() {
        return alive;
    }

    boolean isEmpty() {
        return journal.entries().isEmpty();
    }

    Optional<SimLink> link() {
        return Optional.ofNullable(link);
    }

    void die() {
        alive = false;
        if (host.agent == this) {
            host.agent = null;
        }
        link().ifPresent(SimLink::cut);
    }

    private void tick() {
        if (!alive) {
            return;
        }
        if (link != null && world.since(heard) > SILENCE) {
            link = null;
        }
        if (link == null && !dialling) {
            dialling = true;
            world.soon(10, 3_000, this::connect);
        }
        take(new AgentInput.Tick());
        world.after(TICK, this::tick);
    }

    private void connect() {
        dialling = false;
        if (alive && link == null) {
            dial.get().ifPresent(fresh -> {
                link = fresh;
                heard = world.nanos();
                fresh.hello(new Input.Hello(fresh.number, core.id(), host.name, settings.offer()));
            });
        }
    }

    void welcomed(SimLink through, AgentInput.Welcomed welcomed) {
        if (alive && link == through) {
            heard = world.nanos();
            take(welcomed);
        }
    }

    void ordered(SimLink through, dev.mayfly.fleet.protocol.Command command) {
        if (alive) {
            heard = link == through ? world.nanos() : heard;
            take(new AgentInput.Ordered(through.number, command));
        }
    }

    void linkLost(SimLink lost) {
        if (alive && link == lost) {
            link = null;
            take(new AgentInput.LinkLost(lost.number));
        }
    }

    void take(AgentInput input) {
        if (alive) {
            act(() -> core.step(List.of(input)));
        }
    }

    private void act(Supplier<List<AgentOutput>> step) {
        try {
            for (AgentOutput output : step.get()) {
                if (world.fault(0.005)) {
                    throw new World.Killed();
                }
                act(output);
            }
        } catch (World.Killed e) {
            die();
        }
    }

    private void act(AgentOutput output) {
        switch (output) {
            case AgentOutput.Report report ->
                link().filter(open -> open.number == report.link()).ifPresent(open -> open.report(report.report()));
            case AgentOutput.Make make -> host.make(this, make);
            case AgentOutput.Adopt adopt -> host.adopt(this, adopt);
            case AgentOutput.Begin begin -> host.begin(this, begin.attempt());
            case AgentOutput.Destroy destroy -> host.destroy(this, destroy.attempt());
        }
    }
}
