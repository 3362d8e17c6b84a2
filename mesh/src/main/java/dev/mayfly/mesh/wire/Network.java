package dev.mayfly.mesh.wire;

/**
 * Addresses that begin alike.
 *
 * @param prefix how many bits are alike
 */
public record Network(IpAddress address, int prefix) {
    public Network {
        if (prefix < 0 || prefix > 8 * address.family().addressBytes()) {
            throw new IllegalArgumentException(address + " has no " + prefix + " bits");
        }
    }

    /**
     * Reads {@code 10.1.0.0/16}; an address alone is a network of one.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            IpAddress address = IpAddress.parse(text);
            return new Network(address, 8 * address.family().addressBytes());
        }
        return new Network(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    public boolean contains(IpAddress other) {
        if (other.family() != address.family()) {
            return false;
        }
        return switch (address.family()) {
            case IPV4 -> alike(address.low() << 32, other.low() << 32, prefix);
            case IPV6 ->
                alike(address.high(), other.high(), Math.min(prefix, 64))
                        && alike(address.low(), other.low(), Math.max(0, prefix - 64));
        };
    }

    private static boolean alike(long one, long other, int bits) {
        return bits == 0 || (one ^ other) >>> 64 - bits == 0;
    }

    @Override
    public String toString() {
        return address + "/" + prefix;
    }
}
