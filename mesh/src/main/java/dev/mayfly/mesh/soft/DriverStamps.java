package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the driver of an interface can stamp (ETHTOOL_GET_TS_INFO of linux/ethtool.h; flags of linux/net_tstamp.h).
 *
 * @param clock the number of the card's own clock, -1 for none
 */
public record DriverStamps(
        boolean leavingByCard, boolean arrivingByCard, boolean leaving, boolean arriving, int clock) {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GET_TS_INFO = 0x41;
    private static final int TX_HARDWARE = 1;
    private static final int RX_HARDWARE = 1 << 2;

    private static final int NAME_BYTES = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int INFO_BYTES = 44;

    /** Empty where the driver does not say, or this is no Linux that we know. */
    public static Optional<DriverStamps> of(String networkInterface) {
        byte[] name = networkInterface.getBytes(StandardCharsets.UTF_8);
        if (name.length >= NAME_BYTES) {
            return Optional.empty();
        }
        int fd = Sockets.unbound();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            info.set(JAVA_INT, 0, ETHTOOL_GET_TS_INFO);
            MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
            MemorySegment.copy(name, 0, request, JAVA_BYTE, 0, name.length);
            request.set(JAVA_LONG, NAME_BYTES, info.address());
            // SAFETY: both segments live until the call is over.
            CallResult call = Libc.ioctl(fd, SIOCETHTOOL, request.address());
            if (!call.ok()) {
                return Optional.empty();
            }
            int flags = info.get(JAVA_INT, 4);
            return Optional.of(new DriverStamps(
                    (flags & TX_HARDWARE) != 0,
                    (flags & RX_HARDWARE) != 0,
                    (flags & Sockets.TX_SOFTWARE) != 0,
                    (flags & Sockets.RX_SOFTWARE) != 0,
                    info.get(JAVA_INT, 8)));
        } finally {
            Libc.close(fd);
        }
    }

    /** For example {@code what leaves and what arrives; the card neither}. */
    public String words() {
        return both(leaving, arriving) + "; the card " + both(leavingByCard, arrivingByCard)
                + (clock >= 0 ? ", by its clock ptp" + clock : "");
    }

    private static String both(boolean one, boolean other) {
        List<String> words = new ArrayList<>();
        if (one) {
            words.add("what leaves");
        }
        if (other) {
            words.add("what arrives");
        }
        return words.isEmpty() ? "nothing" : String.join(" and ", words);
    }
}
