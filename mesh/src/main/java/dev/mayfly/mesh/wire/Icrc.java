package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The invariant checksum of a frame: CRC-32 over all that no router may change. What routers do change counts as ones: in
 * IPv4 type of service, time to live and checksum; in IPv6 traffic class, flow label and hop limit; the UDP checksum;
 * the byte of the BTH with the congestion marks. Eight bytes of ones stand before it all, for the header that InfiniBand
 * has there and Ethernet has not. On the wire its least significant byte comes first.
 *
 * <p>Sources: InfiniBand Architecture Specification annex A17 section 4.3; {@code rxe_icrc.c} of Linux. Owned by one thread.
 */
final class Icrc {
    private static final int ONES_BYTES = 8;
    private static final int LONGEST_HEAD = ONES_BYTES + Roce.IPV6_BYTES + Roce.UDP_BYTES + Roce.BTH_BYTES;
    /** Class and flow label of IPv6, behind the four bits of the version. */
    private static final int IPV6_FIRST_WORD = 0x6FFFFFFF;

    private static final int IPV4_FIRST_HALF = 0x45FF;
    private static final int DONT_FRAGMENT = 0x4000;
    /** FECN, BECN and six reserved bits. */
    private static final int BTH_MARKS = 4;

    private final byte[] bytes = new byte[LONGEST_HEAD];
    private final ByteBuffer head = ByteBuffer.wrap(bytes);
    private final CRC32 crc = new CRC32();

    Icrc() {
        head.putLong(0, -1);
    }

    /**
     * Of a frame whose IP header has been cut off by a socket: identification 0 and "don't fragment" set, which is what
     * Linux sends from an unconnected socket that may not fragment.
     *
     * @param frameAt where the BTH begins
     * @param frameBytes BTH to ICRC, the ICRC included
     */
    int ofFrame(IpAddress source, IpAddress target, int sourcePort, ByteBuffer in, int frameAt, int frameBytes) {
        int udpBytes = Roce.UDP_BYTES + frameBytes;
        int at = ONES_BYTES;
        switch (source.family()) {
            case IPV4 -> {
                head.putShort(at, (short) IPV4_FIRST_HALF);
                head.putShort(at + 2, (short) (Roce.IPV4_BYTES + udpBytes));
                head.putShort(at + 4, (short) 0);
                head.putShort(at + 6, (short) DONT_FRAGMENT);
                maskRestOfIpv4(at);
                source.put(head, at + 12);
                target.put(head, at + 16);
                at += Roce.IPV4_BYTES;
            }
            case IPV6 -> {
                head.putInt(at, IPV6_FIRST_WORD);
                head.putShort(at + 4, (short) udpBytes);
                head.put(at + 6, (byte) Roce.PROTOCOL_UDP);
                head.put(at + 7, (byte) 0xFF);
                source.put(head, at + 8);
                target.put(head, at + 24);
                at += Roce.IPV6_BYTES;
            }
        }
        head.putShort(at, (short) sourcePort);
        head.putShort(at + 2, (short) Roce.UDP_PORT);
        head.putShort(at + 4, (short) udpBytes);
        head.putShort(at + 6, (short) -1);
        return finish(at + Roce.UDP_BYTES, in, frameAt, frameBytes);
    }

    /**
     * Of a whole packet, with the identification and flags that it has.
     *
     * @param ipAt where the IP header begins, which has no options
     */
    int ofPacket(IpAddress.Family family, ByteBuffer in, int ipAt, int frameBytes) {
        int before = family.headerBytes() + Roce.UDP_BYTES;
        head.put(ONES_BYTES, in, ipAt, before);
        switch (family) {
            case IPV4 -> {
                head.put(ONES_BYTES + 1, (byte) 0xFF);
                maskRestOfIpv4(ONES_BYTES);
            }
            case IPV6 -> {
                head.putInt(ONES_BYTES, IPV6_FIRST_WORD);
                head.put(ONES_BYTES + 7, (byte) 0xFF);
            }
        }
        head.putShort(ONES_BYTES + before - 2, (short) -1);
        return finish(ONES_BYTES + before, in, ipAt + before, frameBytes);
    }

    private void maskRestOfIpv4(int at) {
        head.put(at + 8, (byte) 0xFF);
        head.put(at + 9, (byte) Roce.PROTOCOL_UDP);
        head.putShort(at + 10, (short) -1);
    }

    private int finish(int bthAt, ByteBuffer in, int frameAt, int frameBytes) {
        head.put(bthAt, in, frameAt, Roce.BTH_BYTES);
        head.put(bthAt + BTH_MARKS, (byte) 0xFF);
        crc.reset();
        crc.update(bytes, 0, bthAt + Roce.BTH_BYTES);
        int position = in.position();
        int limit = in.limit();
        in.limit(frameAt + frameBytes - Roce.ICRC_BYTES).position(frameAt + Roce.BTH_BYTES);
        crc.update(in);
        in.limit(limit).position(position);
        return Integer.reverseBytes((int) crc.getValue());
    }
}
