package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.fake.MemoryLedger;
import java.util.List;

/** A ledger whose writer can die before and after each write. */
final class SimLedger extends MemoryLedger {
    private final World world;
    private final Mutation mutation;

    SimLedger(World world, Mutation mutation) {
        this.world = world;
        this.mutation = mutation;
    }

    @Override
    public void write(long writer, List<Change> changes) {
        if (world.fault(0.01)) {
            throw new World.Killed();
        }
        if (mutation == Mutation.LEDGER_DURABILITY && !changes.isEmpty() && world.fault(0.05)) {
            return;
        }
        super.write(
                mutation == Mutation.SERVER_EPOCH ? epoch() : writer,
                mutation == Mutation.IDENTITIES
                        ? changes.stream()
                                .filter(change -> !(change instanceof Change.IdentityGiven))
                                .toList()
                        : changes);
        if (world.fault(0.01)) {
            throw new World.Killed();
        }
    }

    @Override
    public boolean isTaken(Identity identity) {
        return mutation != Mutation.IDENTITIES && super.isTaken(identity);
    }
}
