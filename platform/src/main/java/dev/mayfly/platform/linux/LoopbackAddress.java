package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Gives the loopback device of a network namespace a further IPv4 address (netdevice(7)). */
public final class LoopbackAddress {
    private static final int SIOCSIFADDR = 0x8916;
    private static final short AF_INET = 2;
    /** struct ifreq: 16 bytes of name, then here a struct sockaddr_in, 40 bytes in all. */
    private static final int IFREQ_BYTES = 40;

    private static final int FAMILY_AT = 16;
    private static final int ADDRESS_AT = 20;

    private LoopbackAddress() {}

    /** In the namespace of this socket; asking again for the same address changes nothing. */
    public static void add(int socket, byte[] ipv4) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
            request.setString(0, "lo:1", StandardCharsets.US_ASCII);
            request.set(ValueLayout.JAVA_SHORT, FAMILY_AT, AF_INET);
            MemorySegment.copy(ipv4, 0, request, ValueLayout.JAVA_BYTE, ADDRESS_AT, ipv4.length);
            Libc.ioctl(socket, SIOCSIFADDR, request.address())
                    .orThrow(
                            ErrorCode.SANDBOX_SETUP,
                            "give lo a second address",
                            "run as root, or with CAP_NET_ADMIN over that namespace");
        }
    }
}
