package dev.mayfly.mesh.exchange;

import dev.mayfly.mesh.wire.IpAddress;

/** What picks a path through a fabric: the same flow takes the same links until the fabric changes. */
public record Flow(IpAddress from, IpAddress to, int sourcePort) {
    /** The way of its answers, where the other side has the source port too. */
    public Flow back() {
        return new Flow(to, from, sourcePort);
    }

    @Override
    public String toString() {
        return from + " to " + to + " from port " + sourcePort;
    }
}
