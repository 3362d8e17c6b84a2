package dev.mayfly.fleet.sim;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.Input;
import dev.mayfly.fleet.server.Output;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.ServerSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One process of the server. */
final class SimServer {
    private static final long TICK = 1_000;

    private final World world;
    private final FleetCore core;
    private final Map<Long, SimLink> links = new HashMap<>();
    private final Map<Long, Consumer<Optional<Object>>> calls = new HashMap<>();
    private boolean alive = true;

    SimServer(World world, SimLedger ledger, ServerSettings settings, IdSource ids, Supplier<Identity> identities) {
        this.world = world;
        core = new FleetCore(ledger, settings, world, world.clock(), ids, identities);
        world.soon(1, (int) TICK, this::tick);
    }

    boolean alive() {
        return alive;
    }

    List<RunnerRecord> runners() {
        return core.runners();
    }

    Optional<Fence> fenceOf(RunnerId id) {
        return core.runners().stream()
                .filter(runner -> runner.id().equals(id))
                .map(RunnerRecord::fence)
                .findFirst();
    }

    private void tick() {
        if (alive) {
            take(new Input.Tick());
            world.after(TICK, this::tick);
        }
    }

    /** Whoever called hears that nobody will answer. */
    void die() {
        if (alive) {
            alive = false;
            List.copyOf(links.values()).forEach(SimLink::cut);
            List<Consumer<Optional<Object>>> waiting = List.copyOf(calls.values());
            calls.clear();
            waiting.forEach(call -> world.soon(1, 1_000, () -> call.accept(Optional.empty())));
        }
    }

    void hello(SimLink link, Input.Hello hello) {
        if (alive) {
            links.put(link.number, link);
            take(hello);
        }
    }

    /** @param answer an {@link AddAnswer}, or nothing when the server died */
    void add(Input.Add add, Consumer<Optional<Object>> answer) {
        calls.put(add.call(), answer);
        take(add);
    }

    /** @param answer a {@link DeleteAnswer}, or nothing when the server died */
    void delete(Input.Delete delete, Consumer<Optional<Object>> answer) {
        calls.put(delete.call(), answer);
        take(delete);
    }

    void hangUp(long call) {
        if (calls.remove(call) != null) {
            take(new Input.CallerGone(call));
        }
    }

    void take(Input input) {
        if (!alive) {
            if (input instanceof Input.Add add) {
                refuse(add.call());
            } else if (input instanceof Input.Delete delete) {
                refuse(delete.call());
            }
            return;
        }
        try {
            for (Output output : core.step(List.of(input))) {
                if (world.fault(0.003)) {
                    throw new World.Killed();
                }
                act(output);
            }
        } catch (World.Killed | MayflyException e) {
            die();
        }
    }

    private void refuse(long call) {
        Consumer<Optional<Object>> caller = calls.remove(call);
        if (caller != null) {
            world.soon(1, 1_000, () -> caller.accept(Optional.empty()));
        }
    }

    private void act(Output output) {
        switch (output) {
            case Output.AddAnswered answered -> answer(answered.call(), answered.answer());
            case Output.DeleteAnswered answered -> answer(answered.call(), answered.answer());
            case Output.HostAnswered answered -> answer(answered.call(), answered.answer());
            case Output.Welcome welcome ->
                link(welcome.link())
                        .ifPresent(link -> link.welcome(
                                new AgentInput.Welcomed(welcome.link(), welcome.agent(), welcome.session())));
            case Output.Send send -> link(send.link()).ifPresent(link -> link.command(send.command()));
            case Output.Close close -> link(close.link()).ifPresent(SimLink::cut);
        }
    }

    private Optional<SimLink> link(long number) {
        return Optional.ofNullable(links.get(number));
    }

    private void answer(long call, Object answer) {
        Consumer<Optional<Object>> caller = calls.remove(call);
        if (caller != null) {
            caller.accept(Optional.of(answer));
        }
    }
}
