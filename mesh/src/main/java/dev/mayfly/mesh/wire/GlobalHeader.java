package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The 40 bytes that a card writes in front of a datagram: the IPv6 header, or 20 bytes of anything and the IPv4 header.
 * Which of them is told by no field; as libibverbs does (ibv_init_ah_from_wc), a valid checksum at the place of the IPv4
 * header decides, since the 20 bytes before it may begin with any number.
 *
 * @param sourcePort of UDP, where it can be told: cards make it of the flow label, which is in IPv6 only; else 0
 */
public record GlobalHeader(IpAddress source, IpAddress target, int sourcePort) {
    public static final int BYTES = 40;

    private static final int IPV4_AT = 20;
    private static final int FIVE_WORDS_OF_IPV4 = 0x45;
    private static final int SOURCE_OF_IPV4 = IPV4_AT + 12;
    private static final int TARGET_OF_IPV4 = IPV4_AT + 16;

    /** Null when it is neither. */
    public static @Nullable GlobalHeader read(ByteBuffer in, int at) {
        if (in.get(at + IPV4_AT) == FIVE_WORDS_OF_IPV4 && Ipv4Checksum.of(in, at + IPV4_AT) == 0) {
            return new GlobalHeader(
                    IpAddress.v4(in.getInt(at + SOURCE_OF_IPV4)), IpAddress.v4(in.getInt(at + TARGET_OF_IPV4)), 0);
        }
        int first = in.getInt(at);
        if (first >>> 28 != 6) {
            return null;
        }
        int label = first & FlowLabel.LARGEST;
        return new GlobalHeader(
                IpAddress.v6(in.getLong(at + 8), in.getLong(at + 16)),
                IpAddress.v6(in.getLong(at + 24), in.getLong(at + 32)),
                label == 0 ? 0 : new FlowLabel(label).sourcePort());
    }
}
