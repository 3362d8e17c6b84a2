package dev.mayfly.mesh.exchange;

import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;

/**
 * What one card has to do.
 *
 * @param version larger than that of all lists before
 * @param peers all whose probes it answers
 */
public record Pinglist(IpAddress card, long version, List<Target> targets, List<Peer> peers, List<Trace> traces) {
    public Pinglist {
        targets = List.copyOf(targets);
        peers = List.copyOf(peers);
        traces = List.copyOf(traces);
    }

    /**
     * A card to probe.
     *
     * @param sourcePorts to use in turn
     * @param perSecond probes, over all of these ports
     */
    public record Target(Peer peer, ProbeKind kind, List<Integer> sourcePorts, double perSecond) {
        public Target {
            sourcePorts = List.copyOf(sourcePorts);
            if (!(perSecond > 0) || sourcePorts.isEmpty()) {
                throw new IllegalArgumentException("a target needs a rate above 0 and a source port");
            }
        }
    }

    /** Paths to learn: those that frames to this address take from these ports. */
    public record Trace(IpAddress target, List<Integer> sourcePorts) {
        public Trace {
            sourcePorts = List.copyOf(sourcePorts);
        }
    }

    /** Whether it asks for the same, whatever its version. */
    public boolean sameAs(Pinglist other) {
        return card.equals(other.card)
                && targets.equals(other.targets)
                && peers.equals(other.peers)
                && traces.equals(other.traces);
    }
}
