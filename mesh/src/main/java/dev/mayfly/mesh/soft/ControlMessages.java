package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Reads what the kernel wrote into a control buffer: when, and for what left, which datagram of its socket it was (cmsg(3),
 * {@code struct scm_timestamping}, {@code struct sock_extended_err}). Reused for each message; owned by one thread.
 */
final class ControlMessages {
    private static final int HEADER_BYTES = 16;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final int ORIGIN_TIMESTAMPING = 4;
    private static final int ORIGIN_AT = 4;
    private static final int NUMBER_AT = 12;

    private long stamp;
    private int number;
    private boolean numbered;

    void read(MemorySegment control, int from, int bytes) {
        stamp = 0;
        numbered = false;
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
            numbered = Sockets.byteAt(control, data + ORIGIN_AT) == ORIGIN_TIMESTAMPING;
            number = control.get(JAVA_INT, data + NUMBER_AT);
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
}
