package dev.mayfly.sandbox.box;

import java.net.InetAddress;
import java.util.Set;

/** Which destinations a run may reach: policy and request already intersected. Implementations are pure. */
public interface NetGrant {
    /** True when nothing may be reached; the box then gets a network without a way out. */
    boolean deniesAll();

    /**
     * Whether a name may be reached on a port.
     *
     * @param host canonical: lower case, IDNA A-labels, no trailing dot, not an address literal
     */
    boolean permitsName(String host, int port);

    /** Whether any port of this canonical name may be reached, so that it may be resolved at all. */
    boolean permitsLookup(String host);

    /**
     * Whether a literal address may be reached on a port by a rule that names addresses (address, CIDR). It also
     * permits addresses that names may never resolve to (loopback, private), when it means just those.
     */
    boolean permitsAddress(InetAddress address, int port);

    /**
     * Whether policy and request both name this very address, and not a block around it: the only wish that an address of
     * the machine itself is reached on. A request cannot make it out of a policy's wide block by asking for one address.
     */
    default boolean namesAddress(InetAddress address, int port) {
        return false;
    }

    /** False when {@link #permitsAddress} is false for everything, so that literal addresses need not be looked at. */
    default boolean permitsSomeAddress() {
        return true;
    }

    /** Ports of the host's own loopback that an address rule names; empty unless a policy really says so. */
    Set<Integer> loopbackPorts();

    /** Bounds of the traffic that the grant permits. */
    default NetCaps caps() {
        return NetCaps.STANDARD;
    }

    /** The grant that reaches nothing. */
    static NetGrant none() {
        return DeniedNet.INSTANCE;
    }
}
