package dev.mayfly.fleet.sim;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.ServerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A few hosts, a server at a time or two, clients, and faults for some minutes. Then everything must come to its end. */
final class Simulation {
    private static final int MINUTE = 60_000;
    private static final int FAULTY = 6 * MINUTE;

    /** Longer than all deadlines of a runner that is not working, one after the other. */
    private static final int SETTLING = 20 * MINUTE;

    /** So few that they would come again soon if nobody looked. */
    private static final int IDENTITIES = 600;

    private static final ServerSettings SERVER = new ServerSettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Duration.ofMinutes(60),
            3);

    private static final AgentSettings AGENT = new AgentSettings(
            Offer.of(3, 4, 0),
            new Deadlines(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofHours(6),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(5)),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30));

    private final World world;
    private final Mutation mutation;
    private final Observer observer = new Observer();
    private final SimLedger ledger;
    private final IdSource ids;
    private final List<SimHost> hosts = new ArrayList<>();
    private final List<SimJournal> journals = new ArrayList<>();
    private final List<SimAgent> agents = new ArrayList<>();
    private final List<SimServer> servers = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private long numbers;

    Simulation(long seed, Mutation mutation) {
        this.mutation = mutation;
        world = new World(seed);
        world.faults = List.of(0.0, 0.3, 1.0).get(world.random.nextInt(3));
        ledger = new SimLedger(world, mutation);
        ids = IdSource.seeded(seed);
        servers.add(newServer());
        int count = 1 + world.random.nextInt(3);
        for (int i = 0; i < count; i++) {
            hosts.add(new SimHost("host-" + i, world, observer));
            journals.add(new SimJournal(world, mutation));
            agents.add(newAgent(i));
        }
        int wishes = 2 + world.random.nextInt(8);
        for (int i = 0; i < wishes; i++) {
            SimClient client =
                    new SimClient(world, observer, this::someServer, () -> ++numbers, new RunnerName("runner-" + i));
            clients.add(client);
            world.soon(1_000, FAULTY / 2, client::add);
        }
    }

    private SimServer newServer() {
        return new SimServer(world, ledger, SERVER, ids, this::drawIdentity);
    }

    private Identity drawIdentity() {
        int drawn = world.random.nextInt(IDENTITIES);
        return new Identity(new MachineIdentifier(String.format("%032x", drawn)), MacAddress.of((long) drawn << 8));
    }

    private SimAgent newAgent(int host) {
        SimAgent agent = new SimAgent(world, hosts.get(host), journals.get(host), AGENT, this::dial);
        agent.begin();
        return agent;
    }

    private Optional<SimLink> dial(SimAgent agent) {
        SimServer server = someServer();
        return server.alive() ? Optional.of(new SimLink(++numbers, world, mutation, server, agent)) : Optional.empty();
    }

    /** The latest, or one that does not know yet that it is over. */
    private SimServer someServer() {
        boolean outdated = servers.size() > 1 && world.fault(0.3);
        return servers.get(outdated ? servers.size() - 2 : servers.size() - 1);
    }

    /** @throws AssertionError when something does not hold */
    Observer run() {
        world.soon(500, 5_000, this::misfortune);
        world.soon(500, 1_000, this::restart);
        world.run(FAULTY);
        world.faults = 0;
        world.run(SETTLING);
        settled();
        return observer;
    }

    private void misfortune() {
        if (world.faults == 0) {
            return;
        }
        int host = world.random.nextInt(hosts.size());
        switch (world.random.nextInt(7)) {
            case 0 -> servers.getLast().die();
            case 1 -> servers.add(newServer());
            case 2 -> agents.get(host).die();
            case 3 -> hosts.get(host).kill();
            case 4 -> agents.get(host).link().ifPresent(SimLink::cut);
            case 5 -> agents.get(host).link().ifPresent(SimLink::halfOpen);
            default -> world.stepClock();
        }
        world.soon(500, (int) (15_000 / world.faults), this::misfortune);
    }

    /** Somebody starts again what has died. */
    private void restart() {
        if (!servers.getLast().alive() && world.chance(0.4)) {
            servers.add(newServer());
        }
        for (int i = 0; i < hosts.size(); i++) {
            if (!agents.get(i).alive() && world.chance(world.faults == 0 ? 1 : 0.1)) {
                agents.set(i, newAgent(i));
            }
        }
        world.soon(500, 2_000, this::restart);
    }

    private void settled() {
        must(clients.stream().allMatch(SimClient::done), "a client still waits");
        List<RunnerRecord> runners = servers.getLast().runners();
        must(
                runners.stream().allMatch(RunnerRecord::gone),
                () -> "not gone: "
                        + runners.stream().filter(runner -> !runner.gone()).toList());
        Set<Attempt> left =
                hosts.stream().flatMap(host -> host.found().stream()).collect(Collectors.toCollection(TreeSet::new));
        must(left.isEmpty(), () -> "orphans: " + left);
        must(agents.stream().allMatch(SimAgent::isEmpty), "a journal still remembers");
    }

    private static void must(boolean holds, String what) {
        must(holds, () -> what);
    }

    private static void must(boolean holds, java.util.function.Supplier<String> what) {
        if (!holds) {
            throw new AssertionError(what.get());
        }
    }
}
