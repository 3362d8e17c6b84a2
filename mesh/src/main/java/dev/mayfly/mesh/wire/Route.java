package dev.mayfly.mesh.wire;

import java.util.Objects;

/**
 * Everything of a frame that stays the same from one to the next: who speaks to whom, and over which entropy.
 *
 * @param sourcePort UDP source port, which picks the path in a fabric with several; 0xC000 to 0xFFFF by convention, any
 *     port is legal
 * @param partition the P_Key, 16 bits
 * @param targetQp the queue pair that is spoken to, 24 bits
 * @param sourceQp our own, 24 bits
 * @param queueKey the Q_Key of the target's queue pair, 32 bits
 */
public record Route(
        IpAddress source, IpAddress target, int sourcePort, int partition, int targetQp, int sourceQp, int queueKey) {
    /** The P_Key that every card has: full member of the default partition. */
    public static final int DEFAULT_PARTITION = 0xFFFF;

    private static final int BITS_24 = 0xFFFFFF;

    public Route {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        if (source.family() != target.family()) {
            throw new IllegalArgumentException(source + " and " + target + " are of different versions of IP");
        }
        check("source port", sourcePort, 0xFFFF);
        check("partition", partition, 0xFFFF);
        check("target queue pair", targetQp, BITS_24);
        check("source queue pair", sourceQp, BITS_24);
    }

    private static void check(String what, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not between 0 and " + most);
        }
    }

    public IpAddress.Family family() {
        return source.family();
    }
}
