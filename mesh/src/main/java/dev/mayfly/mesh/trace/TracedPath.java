package dev.mayfly.mesh.trace;

import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * The way of one source port.
 *
 * @param hops routers in order; the last is the target when it was reached
 */
public record TracedPath(int sourcePort, List<Hop> hops, End end) {
    /** How a way ended. */
    public enum End {
        /** The target's endpoint answered. */
        ANSWERED("answered"),
        /** The target said that nobody there has the port. */
        NOBODY_THERE("reached, no endpoint there"),
        /** A router said that it cannot deliver. */
        UNREACHABLE("a router cannot deliver it"),
        /** Nothing more was heard. */
        SILENT("silent from here");

        private final String words;

        End(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /**
     * One place on the way.
     *
     * @param address empty when nothing came from there
     * @param nanos there and back, 0 when it was not stamped
     */
    public record Hop(Optional<IpAddress> address, long nanos) {
        static final Hop SILENT = new Hop(Optional.empty(), 0);
    }

    public TracedPath {
        hops = List.copyOf(hops);
    }

    /** Without times, so that two ways can be compared. */
    public List<Optional<IpAddress>> addresses() {
        return hops.stream().map(Hop::address).toList();
    }
}
