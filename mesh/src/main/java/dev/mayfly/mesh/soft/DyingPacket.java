package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The packets that die on their way, and what is said of their death: UDP to port 4791 behind a header of IPv4 (RFC 791, 792)
 * or IPv6 (RFC 8200, 4443). Each carries a number by which it is known again: IPv4 has a field for it, for IPv6 it begins the
 * payload, of which routers quote as much as fits.
 */
enum DyingPacket {
    V4(28, 11) {
        @Override
        void write(ByteBuffer out, IpAddress from, IpAddress to, int sourcePort, int hops, int id) {
            out.putShort(0, (short) 0x4500).putShort(2, (short) bytes());
            out.putShort(4, (short) id).putShort(6, (short) DONT_FRAGMENT);
            // The kernel writes the checksum.
            out.put(8, (byte) hops).put(9, (byte) UDP).putShort(10, (short) 0);
            from.put(out, 12);
            to.put(out, 16);
            udp(out, sourcePort, 0);
        }

        // The kernel hands over the IP header, too.
        @Override
        int messageAt(ByteBuffer answer, int bytes) {
            return bytes < 1 ? 0 : (answer.get(0) & 0xF) * 4;
        }

        @Override
        boolean quotes(ByteBuffer answer, int inner, IpAddress from) {
            return (answer.get(inner) & 0xFF) == 0x45
                    && answer.get(inner + 9) == UDP
                    && answer.getInt(inner + 12) == (int) from.low();
        }

        @Override
        IpAddress target(ByteBuffer answer, int inner) {
            return IpAddress.v4(answer.getInt(inner + 16));
        }

        @Override
        int id(ByteBuffer answer, int inner) {
            return Short.toUnsignedInt(answer.getShort(inner + 4));
        }
    },
    V6(50, 3) {
        @Override
        void write(ByteBuffer out, IpAddress from, IpAddress to, int sourcePort, int hops, int id) {
            out.putInt(0, 6 << 28).putShort(4, (short) (UDP_BYTES + PAYLOAD_BYTES));
            out.put(6, (byte) UDP).put(7, (byte) hops);
            from.put(out, 8);
            to.put(out, 24);
            out.putLong(ipBytes() + UDP_BYTES, 0).putShort(ipBytes() + UDP_BYTES, (short) id);
            udp(out, sourcePort, 0);
            udp(out, sourcePort, checksum(out));
        }

        // Of addresses, length and kind, and all of UDP (RFC 8200, section 8.1); without it the packet is no good.
        private int checksum(ByteBuffer out) {
            long sum = UDP_BYTES + PAYLOAD_BYTES + UDP;
            for (int at = 8; at < ipBytes() + UDP_BYTES + PAYLOAD_BYTES; at += 2) {
                sum += Short.toUnsignedInt(out.getShort(at));
            }
            sum = (sum & 0xFFFF) + (sum >>> 16);
            sum = (sum & 0xFFFF) + (sum >>> 16);
            int whole = (int) ~sum & 0xFFFF;
            return whole == 0 ? 0xFFFF : whole;
        }

        @Override
        int messageAt(ByteBuffer answer, int bytes) {
            return 0;
        }

        @Override
        boolean quotes(ByteBuffer answer, int inner, IpAddress from) {
            return (answer.get(inner) >> 4 & 0xF) == 6
                    && answer.get(inner + 6) == UDP
                    && answer.getLong(inner + 8) == from.high()
                    && answer.getLong(inner + 16) == from.low();
        }

        @Override
        IpAddress target(ByteBuffer answer, int inner) {
            return IpAddress.v6(answer.getLong(inner + 24), answer.getLong(inner + 32));
        }

        @Override
        int id(ByteBuffer answer, int inner) {
            return Short.toUnsignedInt(answer.getShort(inner + ipBytes() + UDP_BYTES));
        }
    };

    /** The longest of them. */
    static final int MOST_BYTES = 64;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int UDP = 17;
    private static final int UDP_BYTES = 8;
    private static final int PAYLOAD_BYTES = 8;
    private static final int ICMP_BYTES = 8;

    private final int quotedBytes;
    private final int timeExceeded;

    /** @param quotedBytes of the packet that an answer must have, so that it is known again */
    DyingPacket(int quotedBytes, int timeExceeded) {
        this.quotedBytes = quotedBytes;
        this.timeExceeded = timeExceeded;
    }

    /** What became known of a packet. */
    record Death(IpAddress target, int sourcePort, int id) {}

    static DyingPacket of(IpAddress.Family family) {
        return switch (family) {
            case IPV4 -> V4;
            case IPV6 -> V6;
        };
    }

    /** The type of the message of ICMP that tells of it. */
    int timeExceeded() {
        return timeExceeded;
    }

    int ipBytes() {
        return this == V4 ? IpAddress.Family.IPV4.headerBytes() : IpAddress.Family.IPV6.headerBytes();
    }

    int bytes() {
        return ipBytes() + UDP_BYTES + PAYLOAD_BYTES;
    }

    abstract void write(ByteBuffer out, IpAddress from, IpAddress to, int sourcePort, int hops, int id);

    abstract int messageAt(ByteBuffer answer, int bytes);

    abstract boolean quotes(ByteBuffer answer, int inner, IpAddress from);

    abstract IpAddress target(ByteBuffer answer, int inner);

    abstract int id(ByteBuffer answer, int inner);

    final void udp(ByteBuffer out, int sourcePort, int checksum) {
        int at = ipBytes();
        out.putShort(at, (short) sourcePort).putShort(at + 2, (short) Roce.UDP_PORT);
        out.putShort(at + 4, (short) (UDP_BYTES + PAYLOAD_BYTES)).putShort(at + 6, (short) checksum);
    }

    /** What an answer says, when it is of a packet of ours. Hostile bytes: lengths are looked at first. */
    final Optional<Death> read(ByteBuffer answer, int bytes, IpAddress from) {
        int message = messageAt(answer, bytes);
        int inner = message + ICMP_BYTES;
        if (bytes < inner + quotedBytes
                || this == V4 && message < ipBytes()
                || answer.get(message) != timeExceeded
                || !quotes(answer, inner, from)
                || Short.toUnsignedInt(answer.getShort(inner + ipBytes() + 2)) != Roce.UDP_PORT) {
            return Optional.empty();
        }
        int sourcePort = Short.toUnsignedInt(answer.getShort(inner + ipBytes()));
        return Optional.of(new Death(target(answer, inner), sourcePort, id(answer, inner)));
    }
}
