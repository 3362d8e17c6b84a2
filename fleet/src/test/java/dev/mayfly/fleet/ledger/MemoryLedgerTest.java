package dev.mayfly.fleet.ledger;

import dev.mayfly.fleet.fake.MemoryLedger;
import dev.mayfly.fleet.server.FleetLedger;

/** The simulator rests on the fake, so the fake must be like the real one. */
class MemoryLedgerTest extends FleetLedgerContract {
    private final FleetLedger ledger = new MemoryLedger();

    @Override
    FleetLedger open() {
        return ledger;
    }
}
