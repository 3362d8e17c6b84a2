package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.LayerReport;

/** Makes the networks of slots; safe for concurrent use. */
public interface SlotNetworks {
    /**
     * Takes over the network namespace in which this process lives. The namespace has {@code lo} up and local routes
     * for every IPv4 and IPv6 address to it, and no other device. After a run with a grant the slot gets a fresh
     * namespace: its network is closed and opened again for the same pid.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code SANDBOX_SETUP} when it cannot; the slot is then not used
     */
    SlotNetwork open(long launcherPid);

    /** State of the layer {@code net-mediation} on this machine; granted networks are refused unless it is active. */
    LayerReport layer();

    /** No mediation: denied attempts fail but are not counted, and nothing can be granted. */
    static SlotNetworks none(String reason) {
        return new UnmediatedNetworks(reason);
    }
}
