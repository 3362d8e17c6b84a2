package dev.mayfly.bench.control;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.remote.ManyLines;
import dev.mayfly.fleet.remote.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** All hosts, and what they have. */
public final class PlayedFleet implements AutoCloseable {
    /**
     * A machine on a host.
     *
     * @param agent by which the server knows the host
     * @param begun how often its script was started
     */
    public record Standing(String runner, long fence, String name, String agent, String machine, int begun) {}

    private final List<Crew> crews = new ArrayList<>();
    private final List<PlayedHost> hosts = new ArrayList<>();
    private final List<Crew> crewOf = new ArrayList<>();
    private final ManyLines lines;
    private final Fates fates;
    private final AtomicReference<Optional<Throwable>> broken = new AtomicReference<>(Optional.empty());

    /**
     * @param places of each host
     * @param connections 0 gives each host one of its own
     * @param orders hears each order to make a machine when it arrives, on a thread of the network
     */
    public PlayedFleet(
            ServerAddress server,
            int count,
            int places,
            int connections,
            int threads,
            Consumer<Command.Create> orders) {
        lines = new ManyLines(server, connections, Log.off());
        fates = new Fates(orders);
        for (int i = 0; i < threads; i++) {
            crews.add(new Crew("hosts-" + i, failure -> broken.set(Optional.of(failure))));
        }
        SplittableRandom random = new SplittableRandom(count);
        for (int i = 0; i < count; i++) {
            Crew crew = crews.get(i % threads);
            hosts.add(new PlayedHost("played-" + i, places, lines, crew, fates, random.split()));
            crewOf.add(crew);
        }
    }

    /** Returns at once. */
    public void start() {
        for (int i = 0; i < hosts.size(); i++) {
            PlayedHost host = hosts.get(i);
            crewOf.get(i).now(host, host::start);
        }
        crews.forEach(Crew::start);
    }

    /** The server is dead: from now on those count that the next one hears. */
    public void deaf() {
        fates.deaf();
    }

    /** Hosts of which the server has heard what they have. */
    public int synced() {
        broken.get().ifPresent(failure -> {
            throw new IllegalStateException("the played hosts have stopped", failure);
        });
        return fates.heard();
    }

    /** Scripts that were started although one of the same runner had been, ever. */
    public long twiceBegun() {
        return fates.twiceBegun();
    }

    /** Machines that got an identity which another had, ever. */
    public long identityTwice() {
        return fates.identityTwice();
    }

    /** Machines that stand now. */
    public long standing() {
        return fates.made() - fates.destroyed();
    }

    /** What stands on all hosts, each asked between two of its turns. */
    public List<Standing> survey() {
        List<Standing> all = new ArrayList<>();
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            PlayedHost host = hosts.get(i);
            asked.add(crewOf.get(i).ask(host, () -> {
                String agent = host.id().map(String::valueOf).orElse("");
                synchronized (all) {
                    host.machines()
                            .forEach((attempt, machine) -> all.add(new Standing(
                                    attempt.runner().value(),
                                    attempt.fence().value(),
                                    machine.name.value(),
                                    agent,
                                    machine.identity.machine().value(),
                                    machine.begun)));
                }
            }));
        }
        asked.forEach(CompletableFuture::join);
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    @Override
    public void close() {
        crews.forEach(Crew::close);
        hosts.forEach(PlayedHost::hangUp);
        lines.close();
    }
}
