package dev.mayfly.mesh.wire;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An address of version 4 or 6, as numbers, so that it is compared and written without making anything.
 *
 * @param high the first eight bytes of an IPv6 address; 0 for IPv4
 * @param low the last eight bytes; for IPv4 its four
 */
public record IpAddress(Family family, long high, long low) {
    /** The two kinds of IP packet. */
    public enum Family {
        IPV4(Roce.IPV4_BYTES, 4),
        IPV6(Roce.IPV6_BYTES, 16);

        private final int headerBytes;
        private final int addressBytes;

        Family(int headerBytes, int addressBytes) {
            this.headerBytes = headerBytes;
            this.addressBytes = addressBytes;
        }

        /** Of an IP header without options. */
        public int headerBytes() {
            return headerBytes;
        }

        public int addressBytes() {
            return addressBytes;
        }
    }

    public IpAddress {
        Objects.requireNonNull(family, "family");
        if (family == Family.IPV4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has four bytes");
        }
    }

    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? v4(bytes.getInt(0)) : v6(bytes.getLong(0), bytes.getLong(8));
    }

    public static IpAddress v4(int bits) {
        return new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(bits));
    }

    public static IpAddress v6(long high, long low) {
        return new IpAddress(Family.IPV6, high, low);
    }

    /** A numeric address. */
    public static IpAddress parse(String text) {
        return of(InetAddress.ofLiteral(text));
    }

    public InetAddress toInetAddress() {
        byte[] bytes = new byte[family.addressBytes()];
        put(ByteBuffer.wrap(bytes), 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("only another length would be refused", e);
        }
    }

    /** Writes the bytes in network order. */
    public void put(ByteBuffer out, int at) {
        switch (family) {
            case IPV4 -> out.putInt(at, (int) low);
            case IPV6 -> out.putLong(at, high).putLong(at + 8, low);
        }
    }

    static IpAddress get(Family family, ByteBuffer in, int at) {
        return switch (family) {
            case IPV4 -> v4(in.getInt(at));
            case IPV6 -> v6(in.getLong(at), in.getLong(at + 8));
        };
    }

    @Override
    public String toString() {
        return toInetAddress().getHostAddress();
    }
}
