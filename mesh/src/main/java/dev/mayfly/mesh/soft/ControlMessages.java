package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.mesh.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Reads what the kernel wrote into a control buffer: when, and for what left, which datagram of its socket it was (cmsg(3),
 * {@code struct scm_timestamping}, {@code struct sock_extended_err}). Reused for each message; owned by one thread.
 */
final class ControlMessages {
    private static final int HEADER_BYTES = 16;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final int ORIGIN_ICMP = 2;
    private static final int ORIGIN_ICMP6 = 3;
    private static final int ORIGIN_TIMESTAMPING = 4;
    private static final int ORIGIN_AT = 4;
    private static final int TYPE_AT = 5;
    private static final int NUMBER_AT = 12;
    private static final int OFFENDER_AT = 16;
    private static final int ICMP_TIME_EXCEEDED = 11;
    private static final int ICMP6_TIME_EXCEEDED = 3;

    /** CMSG_SPACE of one int. */
    static final int UNSTAMPED_BYTES = 24;

    private long stamp;
    private int number;
    private boolean numbered;
    private int origin;
    private int icmpType;
    private Optional<IpAddress> offender = Optional.empty();

    /**
     * That one datagram is not to be stamped, whatever its socket has (timestamping.rst, "Setting a per-packet timestamp").
     * It is not numbered then either.
     */
    static void writeUnstamped(MemorySegment control, int at) {
        control.set(JAVA_LONG, at, HEADER_BYTES + Integer.BYTES);
        control.set(JAVA_INT, at + 8L, Sockets.SOL_SOCKET);
        control.set(JAVA_INT, at + 12L, Sockets.SO_TIMESTAMPING);
        control.set(JAVA_INT, (long) at + HEADER_BYTES, 0);
    }

    void read(MemorySegment control, int from, int bytes) {
        stamp = 0;
        numbered = false;
        origin = 0;
        offender = Optional.empty();
        int at = from;
        int end = from + bytes;
        while (at + HEADER_BYTES <= end) {
            long length = control.get(JAVA_LONG, at);
            if (length < HEADER_BYTES || at + length > end) {
                return;
            }
            message(control, at, control.get(JAVA_INT, at + 8L), control.get(JAVA_INT, at + 12L));
            at += (int) (length + 7 & ~7);
        }
    }

    private void message(MemorySegment control, int at, int level, int type) {
        long data = (long) at + HEADER_BYTES;
        if (level == Sockets.SOL_SOCKET && type == Sockets.SO_TIMESTAMPING) {
            // Three timespecs; the first is of software.
            stamp = control.get(JAVA_LONG, data) * 1_000_000_000 + control.get(JAVA_LONG, data + 8);
        } else if (type == IP_RECVERR || type == IPV6_RECVERR) {
            origin = Sockets.byteAt(control, data + ORIGIN_AT);
            numbered = origin == ORIGIN_TIMESTAMPING;
            number = control.get(JAVA_INT, data + NUMBER_AT);
            if (origin == ORIGIN_ICMP || origin == ORIGIN_ICMP6) {
                icmpType = Byte.toUnsignedInt(Sockets.byteAt(control, data + TYPE_AT));
                offender = Sockets.readAddress(control, data + OFFENDER_AT);
            }
        }
    }

    /** Nanoseconds since 1970 by this host's clock, or 0. */
    long stamp() {
        return stamp;
    }

    boolean numbered() {
        return numbered;
    }

    int number() {
        return number;
    }

    /** Who sent the ICMP message that this is about, a router or the target; empty when it is about none. */
    Optional<IpAddress> offender() {
        return offender;
    }

    /** Whether the datagram had passed as many routers as it might. */
    boolean timeExceeded() {
        return icmpType == (origin == ORIGIN_ICMP6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED);
    }
}
