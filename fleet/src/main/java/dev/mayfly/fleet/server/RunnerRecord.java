package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.RunnerState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One runner as the ledger has it.
 *
 * @param unwanted whether it shall be destroyed; never taken back
 * @param placed where it is and as whom; empty while it has no host
 * @param fence of the placement, or of the last one
 * @param tries how often it was placed
 * @param permitted whether its script may have started. From then on it is never placed anew
 * @param reason what went wrong last, for people
 * @param since when the state was entered, by the server's wall clock; for people only
 */
public record RunnerRecord(
        RunnerId id,
        RunnerName name,
        Wish wish,
        boolean unwanted,
        RunnerState state,
        Optional<Placed> placed,
        Fence fence,
        int tries,
        boolean permitted,
        Optional<Address> address,
        String reason,
        Instant since) {

    /** The host and the identity of the present attempt. */
    public record Placed(AgentId host, Identity identity) {
        public Placed {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(identity, "identity");
        }
    }

    public RunnerRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(wish, "wish");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(placed, "placed");
        Objects.requireNonNull(fence, "fence");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
    }

    static RunnerRecord wished(RunnerId id, RunnerName name, Wish wish, Instant now) {
        return new RunnerRecord(
                id,
                name,
                wish,
                false,
                RunnerState.CREATING,
                Optional.empty(),
                Fence.NONE,
                0,
                false,
                Optional.empty(),
                "",
                now);
    }

    public Attempt attempt() {
        return new Attempt(id, fence);
    }

    public boolean gone() {
        return state == RunnerState.GONE;
    }

    boolean isAt(AgentId host) {
        return placed.isPresent() && placed.get().host().equals(host);
    }

    RunnerRecord placedAt(Placed place, Fence newFence, Instant now) {
        return new RunnerRecord(
                id,
                name,
                wish,
                unwanted,
                RunnerState.CREATING,
                Optional.of(place),
                newFence,
                tries + 1,
                false,
                Optional.empty(),
                reason,
                now);
    }

    /** The attempt came to nothing; there may be another. */
    RunnerRecord withoutPlace(String why, Instant now) {
        return new RunnerRecord(
                id,
                name,
                wish,
                unwanted,
                RunnerState.CREATING,
                Optional.empty(),
                fence,
                tries,
                permitted,
                Optional.empty(),
                why,
                now);
    }

    RunnerRecord to(RunnerState next, String why, Instant now) {
        return new RunnerRecord(
                id,
                name,
                next == RunnerState.GONE || next == RunnerState.RUNNING ? wish.withoutScript() : wish,
                unwanted,
                next,
                placed,
                fence,
                tries,
                permitted,
                address,
                why.isEmpty() ? reason : why,
                now);
    }

    RunnerRecord at(Address where) {
        return new RunnerRecord(
                id, name, wish, unwanted, state, placed, fence, tries, permitted, Optional.of(where), reason, since);
    }

    RunnerRecord withPermission() {
        return new RunnerRecord(id, name, wish, unwanted, state, placed, fence, tries, true, address, reason, since);
    }

    RunnerRecord notWanted(String why) {
        return new RunnerRecord(id, name, wish, true, state, placed, fence, tries, permitted, address, why, since);
    }
}
