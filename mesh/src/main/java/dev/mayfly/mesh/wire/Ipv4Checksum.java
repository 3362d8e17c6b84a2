package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;

/** The checksum of an IPv4 header without options (RFC 791, RFC 1071). */
final class Ipv4Checksum {
    private Ipv4Checksum() {}

    /** Of the header as it stands; 0 when it carries a right checksum already. */
    static int of(ByteBuffer in, int at) {
        int sum = 0;
        for (int i = 0; i < Roce.IPV4_BYTES; i += 2) {
            sum += Short.toUnsignedInt(in.getShort(at + i));
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return ~sum & 0xFFFF;
    }
}
