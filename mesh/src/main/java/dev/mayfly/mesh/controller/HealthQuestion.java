package dev.mayfly.mesh.controller;

import dev.mayfly.mesh.wire.IpAddress;

/** Whether something is healthy now. */
public sealed interface HealthQuestion {
    /** All that there is. */
    record Everything() implements HealthQuestion {}

    record OfCard(IpAddress address) implements HealthQuestion {}

    /** All that probes from one card to another, and their answers, are known to cross. */
    record OfPath(IpAddress from, IpAddress to) implements HealthQuestion {}

    record OfHost(String host) implements HealthQuestion {}
}
