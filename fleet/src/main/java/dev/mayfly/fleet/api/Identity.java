package dev.mayfly.fleet.api;

import java.util.Objects;

/** Who a machine is to its network and to itself. Fresh for each placement, so that not even a failed one shares it. */
public record Identity(MachineIdentifier machine, MacAddress mac) {
    public Identity {
        Objects.requireNonNull(machine, "machine");
        Objects.requireNonNull(mac, "mac");
    }
}
