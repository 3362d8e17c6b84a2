package dev.mayfly.fleet.network;

import java.util.Optional;

/**
 * Addresses that begin alike, as {@code 10.0.0.0/8}.
 *
 * @param address its bits from the highest on; those behind {@code bits} are zero
 */
public record Ipv4Network(int address, int bits) {
    static final int ALL_BITS = 32;

    private static final int BYTES = 4;
    private static final int BYTE = 8;
    private static final int LARGEST_BYTE = 255;

    public Ipv4Network {
        if (bits < 0 || bits > ALL_BITS || (address & ~mask(bits)) != 0) {
            throw new IllegalArgumentException(dotted(address) + "/" + bits);
        }
    }

    static Ipv4Network of(int address) {
        return new Ipv4Network(address, ALL_BITS);
    }

    static Ipv4Network of(byte[] address) {
        int bits = 0;
        for (byte each : address) {
            bits = bits << BYTE | each & LARGEST_BYTE;
        }
        return of(bits);
    }

    /** Known to be one. */
    static Ipv4Network known(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
    }

    /** {@code 10.0.0.0/8}, or one address; empty when it is neither, or has bits behind its length. */
    public static Optional<Ipv4Network> parse(String text) {
        int slash = text.indexOf('/');
        Optional<Integer> address = address(slash < 0 ? text : text.substring(0, slash));
        Optional<Integer> bits = slash < 0 ? Optional.of(ALL_BITS) : number(text.substring(slash + 1), ALL_BITS);
        return address.flatMap(a -> bits.filter(b -> (a & ~mask(b)) == 0).map(b -> new Ipv4Network(a, b)));
    }

    /** Four numbers without leading zeros, which some read as octal. */
    private static Optional<Integer> address(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != BYTES) {
            return Optional.empty();
        }
        int address = 0;
        for (String part : parts) {
            Optional<Integer> number = number(part, LARGEST_BYTE);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            address = address << BYTE | number.get();
        }
        return Optional.of(address);
    }

    private static Optional<Integer> number(String text, int most) {
        if (!text.matches("0|[1-9][0-9]{0,2}")) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(text)).filter(number -> number <= most);
    }

    private static int mask(int bits) {
        return bits == 0 ? 0 : -1 << (ALL_BITS - bits);
    }

    boolean contains(Ipv4Network other) {
        return other.bits >= bits && (other.address & mask(bits)) == address;
    }

    /** The address alone. */
    String host() {
        return dotted(address);
    }

    private static String dotted(int address) {
        return (address >>> 3 * BYTE) + "." + (address >>> 2 * BYTE & LARGEST_BYTE) + "."
                + (address >>> BYTE & LARGEST_BYTE) + "." + (address & LARGEST_BYTE);
    }

    @Override
    public String toString() {
        return dotted(address) + "/" + bits;
    }
}
