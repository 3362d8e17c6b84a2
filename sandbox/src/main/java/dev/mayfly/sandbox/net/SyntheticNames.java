package dev.mayfly.sandbox.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of 198.18.0.0/15 (RFC 2544, never routed) that stand for names during one run. The job connects to the
 * address, the mediator reads the name back: so the name is what is decided on, whatever the job does with addresses.
 * Safe for concurrent use.
 */
final class SyntheticNames {
    private static final int BASE = 198 << 24 | 18 << 16;
    private static final int SIZE = 1 << 17;

    private final int most;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    SyntheticNames(int most) {
        this.most = Math.min(most, SIZE - 3); // not the first, and not the last two
    }

    /** The address of a name, the same for the whole run; empty when the run has used up its names. */
    synchronized Optional<Inet4Address> addressOf(String name) {
        Integer known = indexes.get(name);
        if (known == null) {
            if (names.size() >= most) {
                return Optional.empty();
            }
            names.add(name);
            known = names.size();
            indexes.put(name, known);
        }
        int value = BASE + known;
        try {
            byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
            return Optional.of((Inet4Address) InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** Whether the address is of the range that only this class gives out. */
    static boolean isSynthetic(InetAddress address) {
        return address instanceof Inet4Address four && (value(four) & -SIZE) == BASE;
    }

    /** The name behind an address that {@link #addressOf} gave out. */
    synchronized Optional<String> nameOf(InetAddress address) {
        if (!(address instanceof Inet4Address four) || !isSynthetic(address)) {
            return Optional.empty();
        }
        int index = value(four) - BASE;
        return index >= 1 && index <= names.size() ? Optional.of(names.get(index - 1)) : Optional.empty();
    }

    private static int value(Inet4Address address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes).getInt();
    }
}
