package dev.mayfly.sandbox.allow;

import java.net.InetAddress;
import java.util.Arrays;

/** A block of addresses, with all host bits zero. */
public record Cidr(InetAddress network, int prefix) {
    public Cidr {
        int bits = network.getAddress().length * 8;
        if (prefix < 0 || prefix > bits) {
            throw new AllowSyntaxException("/" + prefix + " is no prefix of this family", "write /0 to /" + bits);
        }
        InetAddress masked = mask(network, prefix);
        if (!masked.equals(network)) {
            String meant = IpText.print(masked) + "/" + prefix;
            throw new AllowSyntaxException(
                    "the address has bits beyond its prefix /" + prefix, "did you mean " + meant);
        }
    }

    static Cidr of(InetAddress single) {
        return new Cidr(single, single.getAddress().length * 8);
    }

    public boolean contains(InetAddress address) {
        // A mapped IPv6 address made elsewhere becomes the IPv4 address that a kernel would dial.
        InetAddress plain = IpText.address(address.getAddress());
        return sameFamily(plain) && mask(plain, prefix).equals(network);
    }

    boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.network);
    }

    private boolean sameFamily(InetAddress address) {
        return address.getAddress().length == network.getAddress().length;
    }

    boolean isSingle() {
        return prefix == network.getAddress().length * 8;
    }

    /** The block of this size that the address lies in. */
    static Cidr around(InetAddress address, int prefix) {
        return new Cidr(mask(address, prefix), prefix);
    }

    /** Every address of the block is the host's own loopback. */
    boolean isLoopback() {
        byte[] bytes = network.getAddress();
        return bytes.length == 4 ? (bytes[0] & 255) == 127 && prefix >= 8 : network.isLoopbackAddress() && isSingle();
    }

    private static InetAddress mask(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        int whole = prefix / 8;
        if (whole < bytes.length) {
            bytes[whole] &= (byte) (0xff00 >> (prefix % 8));
            Arrays.fill(bytes, whole + 1, bytes.length, (byte) 0);
        }
        return IpText.address(bytes);
    }

    @Override
    public String toString() {
        String text = IpText.print(network);
        return isSingle() ? text : text + "/" + prefix;
    }
}
