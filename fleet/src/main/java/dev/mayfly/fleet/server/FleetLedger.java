package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import java.util.List;
import java.util.Objects;

/** Where the server keeps what it must not forget. Several may have it open; one of them may write. */
public interface FleetLedger {
    /** What a server begins with. */
    record Recovered(long epoch, Fence lastFence, List<RunnerRecord> runners, List<AgentRecord> agents) {
        public Recovered {
            Objects.requireNonNull(lastFence, "lastFence");
            runners = List.copyOf(runners);
            agents = List.copyOf(agents);
        }
    }

    /** One thing to be written. */
    sealed interface Change {
        /** In place of what is there under its id. */
        record Runner(RunnerRecord record) implements Change {}

        record RunnerForgotten(RunnerId id) implements Change {}

        record Agent(AgentRecord record) implements Change {}

        record AgentForgotten(AgentId id) implements Change {}

        /** This fence was given. It is higher than all before. */
        record FenceGiven(Fence fence) implements Change {}

        /** Nobody else ever gets this identity. Fails when somebody has it, or one half of it. */
        record IdentityGiven(Identity identity) implements Change {}
    }

    /** Makes the caller the one server: whoever was it before can write no more. */
    Recovered takeOver();

    /**
     * Writes all of it, or nothing, durably. Writing nothing still shows that nobody else has taken over.
     *
     * @param epoch from {@link #takeOver}
     * @throws dev.mayfly.base.error.MayflyException {@code CONFLICT} when somebody else has taken over since, or an
     *     identity is taken; nothing was written
     */
    void write(long epoch, List<Change> changes);

    /** Whether somebody has this identity, or one half of it. */
    boolean isTaken(Identity identity);

    /** Those of these that nobody has, nor one half of them. */
    default List<Identity> free(List<Identity> candidates) {
        return candidates.stream().filter(identity -> !isTaken(identity)).toList();
    }
}
