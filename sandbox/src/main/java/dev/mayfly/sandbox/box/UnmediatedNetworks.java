package dev.mayfly.sandbox.box;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;

/** A namespace without a way out and without a witness. */
record UnmediatedNetworks(String reason) implements SlotNetworks {
    @Override
    public SlotNetwork open(long launcherPid) {
        return new Closed(reason);
    }

    @Override
    public LayerReport layer() {
        return new LayerReport("net-mediation", true, LayerState.UNAVAILABLE, reason);
    }

    private record Closed(String reason) implements SlotNetwork {
        @Override
        public void arm(NetGrant grant) {
            if (!grant.deniesAll()) {
                throw new MayflyException(
                        ErrorCode.SANDBOX_UNAVAILABLE,
                        "the run may use the network, but this sandbox cannot mediate it",
                        reason,
                        "run `mayfly doctor` and see net-mediation, or take the network out of request and policy");
            }
        }

        @Override
        public NetEvidence disarm() {
            return NetEvidence.NOTHING;
        }

        @Override
        public void close() {}
    }
}
