package dev.mayfly.mesh.wire;

/**
 * The flow label of an address handle, 20 bits, and the UDP source port that cards make of it. Sources: annex A17.9.3 of
 * the InfiniBand Architecture Specification; {@code rdma_flow_label_to_udp_sport} and {@code rdma_calc_flow_label} in
 * {@code include/rdma/ib_verbs.h} of Linux.
 *
 * @param bits 0 to 0xFFFFF
 */
public record FlowLabel(int bits) {
    public static final int LARGEST = 0xFFFFF;

    private static final int LOW_BITS = 0x3FFF;

    public FlowLabel {
        if (bits < 0 || bits > LARGEST) {
            throw new IllegalArgumentException("a flow label of " + bits);
        }
    }

    /** What is used when none was asked for and both queue pairs are known. */
    public static FlowLabel ofQueuePairs(int local, int remote) {
        long mixed = Integer.toUnsignedLong(local) * Integer.toUnsignedLong(remote);
        mixed ^= mixed >>> 20;
        mixed ^= mixed >>> 40;
        return new FlowLabel((int) (mixed & LARGEST));
    }

    /**
     * The least label that cards make this port of, and not 0, which would leave the port to them.
     *
     * @param port 0xC000 to 0xFFFF
     */
    public static FlowLabel ofSourcePort(int port) {
        int low = port - Roce.FIRST_SOURCE_PORT;
        if (low < 0 || low > LOW_BITS) {
            throw new IllegalArgumentException("no flow label makes the source port " + port);
        }
        return new FlowLabel(low == 0 ? LOW_BITS + 1 | 1 : low);
    }

    /** The 2^20 labels fold to 16,384 ports. */
    public int sourcePort() {
        return (bits & LOW_BITS ^ (bits & 0xFC000) >> 14) | Roce.FIRST_SOURCE_PORT;
    }
}
