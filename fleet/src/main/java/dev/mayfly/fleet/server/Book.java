package dev.mayfly.fleet.server;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.schedule.Host;
import dev.mayfly.fleet.schedule.HostIndex;
import dev.mayfly.fleet.server.FleetLedger.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private static final int DRAWN_AT_ONCE = 64;

    private final FleetLedger ledger;
    private final long epoch;
    private final IdSource ids;
    private final Supplier<Identity> identities;
    private final Map<RunnerId, RunnerSeat> runners = new LinkedHashMap<>();
    private final Map<RunnerName, RunnerSeat> byName = new HashMap<>();
    private final Map<AgentId, AgentSeat> agents = new LinkedHashMap<>();
    private Fence lastFence;

    /** Seats about which something is to be decided when time passes; those that settle are taken out then. */
    private final Set<RunnerSeat> lively = new LinkedHashSet<>();

    /** Those who are gone, in the order in which they went. */
    private final Deque<RunnerSeat> departed = new ArrayDeque<>();

    /** By call, what it waits for. */
    private final Map<Long, RunnerSeat> calls = new HashMap<>();

    private final HostIndex hosts = new HostIndex();

    /** Agents that {@link #hosts} does not know as they are. */
    private final Set<AgentSeat> touched = new LinkedHashSet<>();

    private Map<AgentId, Optional<AgentView>> agentsChanged = new HashMap<>();
    private final Deque<Identity> free = new ArrayDeque<>();

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
            AgentSeat seat = new AgentSeat(agent, now, touched);
            agents.put(agent.id(), seat);
            touched.add(seat);
        }
        for (RunnerRecord record : recovered.runners()) {
            RunnerSeat seat = new RunnerSeat(record, now);
            runners.put(record.id(), seat);
            if (record.gone()) {
                departed.add(seat);
            } else {
                lively.add(seat);
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

    // --- what waits ------------------------------------------------------------------------------------------------

    /** @param until when its patience is over */
    void waitsForReady(RunnerSeat seat, long call, long until) {
        seat.adders.put(call, until);
        calls.put(call, seat);
        lively.add(seat);
    }

    /** Likewise. */
    void waitsForEnd(RunnerSeat seat, long call, long until) {
        seat.deleters.put(call, until);
        calls.put(call, seat);
        lively.add(seat);
    }

    /** Nobody waits for an answer any more. */
    Optional<RunnerSeat> over(long call) {
        return Optional.ofNullable(calls.remove(call));
    }

    /** Those about which something may have to be decided now. */
    List<RunnerSeat> lively() {
        lively.removeIf(seat -> !seat.isLively());
        return List.copyOf(lively);
    }

    /** Those who have been gone for so long are unknown from now on. */
    void forgetGone(long now, Duration remember) {
        while (!departed.isEmpty() && now - departed.getFirst().idleSince >= remember.toNanos()) {
            forget(departed.removeFirst());
        }
    }

    void departed(RunnerSeat seat) {
        departed.add(seat);
    }

    // --- hosts -----------------------------------------------------------------------------------------------------

    /** All hosts as they are now. */
    HostIndex hosts() {
        for (AgentSeat agent : touched) {
            if (agents.get(agent.id()) == agent) {
                Host host = agent.host();
                hosts.put(host);
                agentsChanged.put(agent.id(), Optional.of(new AgentView(agent.record(), host)));
            }
        }
        touched.clear();
        return hosts;
    }

    /** Agents that are not as they were when this was asked before; empty for those that are not known any more. */
    Map<AgentId, Optional<AgentView>> agentsChanged() {
        hosts();
        Map<AgentId, Optional<AgentView>> changed = agentsChanged;
        agentsChanged = new HashMap<>();
        return changed;
    }

    // --- runners and agents ----------------------------------------------------------------------------------------

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
        lively.add(seat);
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
        lively.remove(seat);
    }

    private void forget(RunnerSeat seat) {
        runners.remove(seat.record.id());
        changes.put(seat.record.id(), new Change.RunnerForgotten(seat.record.id()));
    }

    AgentSeat put(AgentRecord record, long now) {
        changes.put(record.id(), new Change.Agent(record));
        return agents.computeIfAbsent(record.id(), _ -> new AgentSeat(record, now, touched));
    }

    void replace(AgentSeat agent, AgentRecord record) {
        changes.put(record.id(), new Change.Agent(record));
        agent.replace(record);
    }

    void forget(AgentSeat agent) {
        agents.remove(agent.id());
        hosts.remove(agent.id());
        agentsChanged.put(agent.id(), Optional.empty());
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
        while (free.isEmpty()) {
            drawFree();
        }
        Identity identity = free.remove();
        drawn.add(identity.machine());
        drawn.add(identity.mac());
        changes.put(identity, new Change.IdentityGiven(identity));
        return identity;
    }

    /**
     * Many at once, because the ledger may be far away. They stay free until they are given: nobody else gives any, and no two
     * of them have a half in common.
     */
    private void drawFree() {
        List<Identity> candidates = new ArrayList<>();
        Set<Object> halves = new HashSet<>(drawn);
        for (int i = 0; i < DRAWN_AT_ONCE; i++) {
            Identity identity = identities.get();
            if (!halves.contains(identity.machine()) && !halves.contains(identity.mac())) {
                halves.add(identity.machine());
                halves.add(identity.mac());
                candidates.add(identity);
            }
        }
        if (!candidates.isEmpty()) {
            free.addAll(ledger.free(candidates));
        }
    }
}
