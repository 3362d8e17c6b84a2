package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;

/**
 * Writes frames. Buffers are big-endian and are written at places, not at their position; the payload is the part of its
 * buffer that is named. Owned by one thread; makes nothing per frame.
 */
public final class FrameEncoder {
    private static final int HOPS = 64;

    private final Icrc icrc = new Icrc();

    /**
     * Writes what goes into a UDP datagram: BTH, DETH, payload, padding, ICRC. The checksum holds only when the datagram
     * leaves with identification 0 and "don't fragment"; an unconnected socket of Linux that may not fragment does that.
     *
     * @param sequence the PSN; its lower 24 bits are sent
     * @return the number of bytes written
     */
    public int frame(Route route, int sequence, ByteBuffer payload, int from, int length, ByteBuffer out, int at) {
        int bytes = withoutChecksum(route, sequence, payload, from, length, out, at);
        int checksum = icrc.ofFrame(route.source(), route.target(), route.sourcePort(), out, at, bytes);
        out.putInt(at + bytes - Roce.ICRC_BYTES, checksum);
        return bytes;
    }

    /**
     * Writes a whole packet from its IP header on, with a valid header checksum and no UDP checksum.
     *
     * @return the number of bytes written
     */
    public int packet(Route route, int sequence, ByteBuffer payload, int from, int length, ByteBuffer out, int at) {
        int udpAt = at + route.family().headerBytes();
        int frameAt = udpAt + Roce.UDP_BYTES;
        int bytes = frame(route, sequence, payload, from, length, out, frameAt);
        int udpBytes = Roce.UDP_BYTES + bytes;
        switch (route.family()) {
            case IPV4 -> {
                out.putShort(at, (short) 0x4500);
                out.putShort(at + 2, (short) (Roce.IPV4_BYTES + udpBytes));
                out.putInt(at + 4, 0x4000);
                out.put(at + 8, (byte) HOPS);
                out.put(at + 9, (byte) Roce.PROTOCOL_UDP);
                out.putShort(at + 10, (short) 0);
                route.source().put(out, at + 12);
                route.target().put(out, at + 16);
                out.putShort(at + 10, (short) Ipv4Checksum.of(out, at));
            }
            case IPV6 -> {
                out.putInt(at, 0x60000000);
                out.putShort(at + 4, (short) udpBytes);
                out.put(at + 6, (byte) Roce.PROTOCOL_UDP);
                out.put(at + 7, (byte) HOPS);
                route.source().put(out, at + 8);
                route.target().put(out, at + 24);
            }
        }
        out.putShort(udpAt, (short) route.sourcePort());
        out.putShort(udpAt + 2, (short) Roce.UDP_PORT);
        out.putShort(udpAt + 4, (short) udpBytes);
        out.putShort(udpAt + 6, (short) 0);
        return frameAt - at + bytes;
    }

    private static int withoutChecksum(
            Route route, int sequence, ByteBuffer payload, int from, int length, ByteBuffer out, int at) {
        if (length < 0 || length > Roce.LARGEST_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + length + " bytes");
        }
        int padding = Roce.padding(length);
        out.put(at, (byte) Roce.OPCODE_UD_SEND_ONLY);
        out.put(at + 1, (byte) (padding << 4));
        out.putShort(at + 2, (short) route.partition());
        out.putInt(at + 4, route.targetQp());
        out.putInt(at + 8, sequence & 0xFFFFFF);
        out.putInt(at + 12, route.queueKey());
        out.putInt(at + 16, route.sourceQp());
        int payloadAt = at + Roce.BTH_BYTES + Roce.DETH_BYTES;
        out.put(payloadAt, payload, from, length);
        for (int i = 0; i < padding; i++) {
            out.put(payloadAt + length + i, (byte) 0);
        }
        return Roce.frameBytes(length);
    }
}
