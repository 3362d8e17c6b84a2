package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.agent.AgentOutput;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.protocol.Attempt;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A host: machines that live on when the agent dies, and the journal on its disk. */
final class SimHost {
    /** One machine, from its bundle on. */
    private static final class Machine {
        boolean alive;
        boolean ready;
        boolean begun;
        boolean ended;

        @Nullable
        Address address;
    }

    final String name;
    private final World world;
    private final Observer observer;
    private final Map<Attempt, Machine> machines = new TreeMap<>();
    private final Set<Attempt> cancelled = new HashSet<>();
    private int addresses;

    /** Whoever watches the machines now. */
    @Nullable
    SimAgent agent;

    SimHost(String name, World world, Observer observer) {
        this.name = name;
        this.world = world;
        this.observer = observer;
    }

    Set<Attempt> found() {
        return Set.copyOf(machines.keySet());
    }

    private void tell(AgentInput news) {
        SimAgent listener = agent;
        if (listener != null) {
            listener.take(news);
        }
    }

    void make(SimAgent by, AgentOutput.Make make) {
        Attempt attempt = make.order().attempt();
        cancelled.remove(attempt);
        world.soon(1, 300, () -> {
            if (!by.alive() || cancelled.contains(attempt)) {
                return;
            }
            if (world.fault(0.1)) {
                tell(new AgentInput.Broken(attempt, "the disk is full"));
                return;
            }
            observer.machineMade(attempt, make.order().identity());
            Machine machine = new Machine();
            machines.put(attempt, machine);
            world.soon(1, 50, () -> {
                if (by.alive() && machines.get(attempt) == machine) {
                    machine.alive = true;
                    boot(attempt, machine);
                    tell(new AgentInput.Booted(attempt));
                }
            });
        });
    }

    private void boot(Attempt attempt, Machine machine) {
        if (world.fault(0.1)) {
            return; // it hangs
        }
        world.soon(200, world.fault(0.3) ? 90_000 : 6_000, () -> {
            if (machine.alive) {
                machine.ready = true;
                Address address = new Address(name, 1_000 + addresses++ % 60_000, "");
                machine.address = address;
                observer.machineReady(attempt, address);
                tell(new AgentInput.Ready(attempt, address));
            }
        });
    }

    void adopt(SimAgent by, AgentOutput.Adopt adopt) {
        Attempt attempt = adopt.attempt();
        world.soon(1, 200, () -> {
            Machine machine = machines.get(attempt);
            if (!by.alive()) {
                return;
            }
            if (machine == null || !machine.alive || adopt.started() && !machine.begun) {
                tell(new AgentInput.Broken(attempt, "it cannot be adopted"));
                return;
            }
            tell(new AgentInput.Booted(attempt));
            if (machine.address != null) {
                tell(new AgentInput.Ready(attempt, machine.address));
            }
            if (machine.ended) {
                tell(new AgentInput.ScriptEnded(attempt, 0));
            }
        });
    }

    void begin(SimAgent by, Attempt attempt) {
        world.soon(1, 500, () -> {
            Machine machine = machines.get(attempt);
            if (!by.alive() || machine == null || !machine.alive) {
                return;
            }
            observer.scriptStarted(attempt);
            machine.begun = true;
            world.soon(500, 120_000, () -> {
                if (machine.alive) {
                    machine.ended = true;
                    observer.scriptOver(attempt);
                    tell(new AgentInput.ScriptEnded(attempt, 0));
                }
            });
        });
    }

    void destroy(SimAgent by, Attempt attempt) {
        cancelled.add(attempt);
        world.soon(5, 2_000, () -> {
            if (!by.alive()) {
                return;
            }
            if (world.fault(0.1)) {
                tell(new AgentInput.NotDestroyed(attempt, "a file is busy"));
                return;
            }
            Machine machine = machines.remove(attempt);
            if (machine != null) {
                machine.alive = false;
                observer.machineDestroyed(attempt);
            }
            tell(new AgentInput.Destroyed(attempt));
        });
    }

    /** A hypervisor dies. */
    void kill() {
        List<Attempt> alive = machines.keySet().stream()
                .filter(attempt -> machines.get(attempt).alive)
                .toList();
        if (!alive.isEmpty()) {
            Attempt attempt = alive.get(world.random.nextInt(alive.size()));
            machines.get(attempt).alive = false;
            observer.kills++;
            observer.scriptOver(attempt);
            world.soon(1, 5_000, () -> tell(new AgentInput.Broken(attempt, "its process has died")));
        }
    }
}
