package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames out of bytes that anybody may have sent. Never throws on what the bytes say, looks at nothing outside of
 * what it is given, and makes nothing per frame. Owned by one thread.
 */
public final class FrameDecoder {
    private static final int IPV4_LENGTH_AT = 2;
    private static final int IPV4_FLAGS_AT = 6;
    private static final int IPV4_PROTOCOL_AT = 9;
    private static final int IPV6_LENGTH_AT = 4;
    private static final int IPV6_NEXT_AT = 6;
    /** More fragments, and the offset. */
    private static final int FRAGMENT_BITS = 0x3FFF;

    private final Icrc icrc = new Icrc();
    private final FrameView view = new FrameView();
    private final Decoded.Intact intact = new Decoded.Intact(view);
    private final Decoded.Damaged damaged = new Decoded.Damaged(view);

    /**
     * Reads the content of a UDP datagram from port {@code sourcePort} to {@link Roce#UDP_PORT}. Its IP header is gone, so
     * identification 0 and "don't fragment" are assumed, as {@link FrameEncoder#frame} does.
     *
     * @param in big-endian
     */
    public Decoded frame(IpAddress source, IpAddress target, int sourcePort, ByteBuffer in, int at, int bytes) {
        check(in, at, bytes);
        Decoded.Rejected problem = problemOfFrame(in, at, bytes);
        if (problem != null) {
            return problem;
        }
        return judged(icrc.ofFrame(source, target, sourcePort, in, at, bytes), in, at, bytes);
    }

    /**
     * The same for frames of those who count identifications, as RDMA cards do: one that is intact with any identification is
     * intact. Of damaged ones, one in 65,536 passes with that; and none of IPv6, which has no identification.
     *
     * @param in big-endian
     */
    public Decoded frameOfAnybody(
            IpAddress source, IpAddress target, int sourcePort, ByteBuffer in, int at, int bytes) {
        Decoded strict = frame(source, target, sourcePort, in, at, bytes);
        if (!(strict instanceof Decoded.Damaged) || source.family() != IpAddress.Family.IPV4) {
            return strict;
        }
        int said = in.getInt(at + bytes - Roce.ICRC_BYTES);
        int with0 = icrc.ofFrame(source, target, sourcePort, in, at, bytes);
        int behind = Roce.IPV4_BYTES - IPV4_FLAGS_AT + Roce.UDP_BYTES + bytes - Roce.ICRC_BYTES;
        return Identification.of(Integer.reverseBytes(said ^ with0), behind) >= 0 ? intact : strict;
    }

    /**
     * Reads a whole packet from its IP header on. Bytes behind the length that the IP header says are padding of the link
     * and are not looked at.
     *
     * @param in big-endian
     */
    public Decoded packet(ByteBuffer in, int at, int bytes) {
        check(in, at, bytes);
        if (bytes < 1) {
            return Decoded.Rejected.TOO_SHORT;
        }
        return switch (in.get(at) >>> 4 & 0xF) {
            case 4 -> ipv4(in, at, bytes);
            case 6 -> ipv6(in, at, bytes);
            default -> Decoded.Rejected.NOT_IP;
        };
    }

    private Decoded ipv4(ByteBuffer in, int at, int bytes) {
        if (bytes < Roce.IPV4_BYTES + Roce.UDP_BYTES) {
            return Decoded.Rejected.TOO_SHORT;
        }
        if ((in.get(at) & 0xF) != Roce.IPV4_BYTES / 4) {
            return Decoded.Rejected.IP_OPTIONS;
        }
        if (Ipv4Checksum.of(in, at) != 0) {
            return Decoded.Rejected.IP_CHECKSUM;
        }
        if ((in.getShort(at + IPV4_FLAGS_AT) & FRAGMENT_BITS) != 0) {
            return Decoded.Rejected.FRAGMENT;
        }
        if (in.get(at + IPV4_PROTOCOL_AT) != Roce.PROTOCOL_UDP) {
            return Decoded.Rejected.NOT_UDP;
        }
        int said = Short.toUnsignedInt(in.getShort(at + IPV4_LENGTH_AT)) - Roce.IPV4_BYTES;
        return udp(IpAddress.Family.IPV4, said, in, at, bytes);
    }

    private Decoded ipv6(ByteBuffer in, int at, int bytes) {
        if (bytes < Roce.IPV6_BYTES + Roce.UDP_BYTES) {
            return Decoded.Rejected.TOO_SHORT;
        }
        if (in.get(at + IPV6_NEXT_AT) != Roce.PROTOCOL_UDP) {
            return Decoded.Rejected.NOT_UDP;
        }
        int said = Short.toUnsignedInt(in.getShort(at + IPV6_LENGTH_AT));
        return udp(IpAddress.Family.IPV6, said, in, at, bytes);
    }

    private Decoded udp(IpAddress.Family family, int said, ByteBuffer in, int ipAt, int bytes) {
        int udpAt = ipAt + family.headerBytes();
        if (Short.toUnsignedInt(in.getShort(udpAt + 2)) != Roce.UDP_PORT) {
            return Decoded.Rejected.OTHER_PORT;
        }
        if (said != Short.toUnsignedInt(in.getShort(udpAt + 4)) || said > bytes - family.headerBytes()) {
            return Decoded.Rejected.LENGTHS;
        }
        int frameAt = udpAt + Roce.UDP_BYTES;
        int frameBytes = said - Roce.UDP_BYTES;
        Decoded.Rejected problem = problemOfFrame(in, frameAt, frameBytes);
        if (problem != null) {
            return problem;
        }
        return judged(icrc.ofPacket(family, in, ipAt, frameBytes), in, frameAt, frameBytes);
    }

    private static Decoded.@Nullable Rejected problemOfFrame(ByteBuffer in, int at, int bytes) {
        if (bytes < Roce.OVERHEAD) {
            return Decoded.Rejected.TOO_SHORT;
        }
        if ((bytes & 3) != 0) {
            return Decoded.Rejected.LENGTHS;
        }
        if (bytes > Roce.OVERHEAD + Roce.LARGEST_PAYLOAD) {
            return Decoded.Rejected.TOO_LONG;
        }
        if (in.get(at) != Roce.OPCODE_UD_SEND_ONLY) {
            return Decoded.Rejected.OTHER_OPCODE;
        }
        int flags = in.get(at + 1);
        if ((flags & 0xF) != 0) {
            return Decoded.Rejected.TRANSPORT_VERSION;
        }
        return (flags >>> 4 & 3) > bytes - Roce.OVERHEAD ? Decoded.Rejected.PADDING : null;
    }

    private Decoded judged(int checksum, ByteBuffer in, int frameAt, int frameBytes) {
        view.pointTo(in, frameAt, frameBytes);
        return in.getInt(frameAt + frameBytes - Roce.ICRC_BYTES) == checksum ? intact : damaged;
    }

    private static void check(ByteBuffer in, int at, int bytes) {
        if (in.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer is little-endian");
        }
        if (at < 0 || bytes < 0 || at > in.limit() - bytes) {
            throw new IndexOutOfBoundsException("bytes " + at + " to " + (at + bytes) + " of " + in.limit());
        }
    }
}
