package dev.mayfly.fleet.fake;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.server.AgentRecord;
import dev.mayfly.fleet.server.FleetLedger;
import dev.mayfly.fleet.server.RunnerRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A ledger that lives as long as the test. */
public class MemoryLedger implements FleetLedger {
    private final Map<RunnerId, RunnerRecord> runners = new LinkedHashMap<>();
    private final Map<AgentId, AgentRecord> agents = new LinkedHashMap<>();
    private final Set<Object> taken = new HashSet<>();
    private Fence lastFence = Fence.NONE;
    private long epoch;

    @Override
    public Recovered takeOver() {
        epoch++;
        return new Recovered(epoch, lastFence, List.copyOf(runners.values()), List.copyOf(agents.values()));
    }

    @Override
    public void write(long writer, List<Change> changes) {
        if (writer != epoch) {
            throw conflict("another server has taken over");
        }
        for (Change change : changes) {
            if (change instanceof Change.IdentityGiven given && isTaken(given.identity())) {
                throw conflict("the identity is taken");
            }
        }
        changes.forEach(this::apply);
    }

    private static MayflyException conflict(String why) {
        return new MayflyException(ErrorCode.CONFLICT, "the fleet's state was not written", why, "start again");
    }

    private void apply(Change change) {
        switch (change) {
            case Change.Runner runner -> runners.put(runner.record().id(), runner.record());
            case Change.RunnerForgotten forgotten -> runners.remove(forgotten.id());
            case Change.Agent agent -> agents.put(agent.record().id(), agent.record());
            case Change.AgentForgotten forgotten -> agents.remove(forgotten.id());
            case Change.FenceGiven given -> lastFence = given.fence();
            case Change.IdentityGiven given -> {
                taken.add(given.identity().machine());
                taken.add(given.identity().mac());
            }
        }
    }

    @Override
    public boolean isTaken(Identity identity) {
        return taken.contains(identity.machine()) || taken.contains(identity.mac());
    }

    protected long epoch() {
        return epoch;
    }
}
