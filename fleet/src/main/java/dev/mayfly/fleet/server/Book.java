package dev.mayfly.fleet.server;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.server.FleetLedger.Change;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * All runners and agents in memory, and what of that the ledger does not have yet. Runners change through {@link #put}
 * alone, so that nothing is decided that is not also written.
 */
final class Book {
    private final FleetLedger ledger;
    private final long epoch;
    private final IdSource ids;
    private final Supplier<Identity> identities;
    private final Map<RunnerId, RunnerSeat> runners = new LinkedHashMap<>();
    private final Map<RunnerName, RunnerSeat> byName = new HashMap<>();
    private final Map<AgentId, AgentSeat> agents = new LinkedHashMap<>();
    private Fence lastFence;

    /** The last change of each thing, so that a step that changes a runner three times writes it once. */
    private final Map<Object, Change> changes = new LinkedHashMap<>();

    private final Set<Object> drawn = new HashSet<>();

    Book(FleetLedger ledger, IdSource ids, Supplier<Identity> identities, long now) {
        this.ledger = ledger;
        this.ids = ids;
        this.identities = identities;
        FleetLedger.Recovered recovered = ledger.takeOver();
        epoch = recovered.epoch();
        lastFence = recovered.lastFence();
        for (AgentRecord agent : recovered.agents()) {
            agents.put(agent.id(), new AgentSeat(agent, now));
        }
        for (RunnerRecord record : recovered.runners()) {
            RunnerSeat seat = new RunnerSeat(record, now);
            runners.put(record.id(), seat);
            if (!record.gone()) {
                byName.put(record.name(), seat);
                record.placed()
                        .ifPresent(place -> agent(place.host())
                                .ifPresent(agent -> agent.place(
                                        record.attempt(), record.wish().type())));
            }
        }
    }

    /** Makes durable what was changed, and says what that was; or fails, and then this book is worth nothing any more. */
    List<Change> write(boolean somebodyIsTold) {
        List<Change> written = List.copyOf(changes.values());
        if (!written.isEmpty() || somebodyIsTold) {
            ledger.write(epoch, written);
        }
        changes.clear();
        drawn.clear();
        return written;
    }

    Collection<RunnerSeat> runners() {
        return runners.values();
    }

    Collection<AgentSeat> agents() {
        return agents.values();
    }

    Optional<RunnerSeat> runner(RunnerId id) {
        return Optional.ofNullable(runners.get(id));
    }

    /** The one of this name that is not gone. */
    Optional<RunnerSeat> living(RunnerName name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<AgentSeat> agent(AgentId id) {
        return Optional.ofNullable(agents.get(id));
    }

    /** A runner that the ledger will hear of when it is {@link #put}. */
    RunnerSeat open(RunnerRecord record, long now) {
        RunnerSeat seat = new RunnerSeat(record, now);
        runners.put(record.id(), seat);
        byName.put(record.name(), seat);
        return seat;
    }

    void put(RunnerSeat seat, RunnerRecord record) {
        seat.record = record;
        changes.put(record.id(), new Change.Runner(record));
        if (record.gone()) {
            byName.remove(record.name(), seat);
        }
    }

    /** As if it had never been. */
    void discard(RunnerSeat seat) {
        runners.remove(seat.record.id());
        byName.remove(seat.record.name(), seat);
        changes.remove(seat.record.id());
    }

    void forget(RunnerSeat seat) {
        runners.remove(seat.record.id());
        changes.put(seat.record.id(), new Change.RunnerForgotten(seat.record.id()));
    }

    AgentSeat put(AgentRecord record, long now) {
        changes.put(record.id(), new Change.Agent(record));
        return agents.computeIfAbsent(record.id(), _ -> new AgentSeat(record, now));
    }

    void replace(AgentSeat agent, AgentRecord record) {
        changes.put(record.id(), new Change.Agent(record));
        agent.replace(record);
    }

    void forget(AgentSeat agent) {
        agents.remove(agent.id());
        changes.put(agent.id(), new Change.AgentForgotten(agent.id()));
    }

    RunnerId newRunnerId() {
        return new RunnerId("shoes-vz-" + ids.next());
    }

    AgentId newAgentId() {
        return new AgentId(ids.next());
    }

    Fence newFence() {
        lastFence = lastFence.next();
        changes.put(Fence.class, new Change.FenceGiven(lastFence));
        return lastFence;
    }

    /** One that nobody has or had, not even in this step. */
    Identity newIdentity() {
        Identity identity = identities.get();
        while (ledger.isTaken(identity) || drawn.contains(identity.machine()) || drawn.contains(identity.mac())) {
            identity = identities.get();
        }
        drawn.add(identity.machine());
        drawn.add(identity.mac());
        changes.put(identity, new Change.IdentityGiven(identity));
        return identity;
    }
}
