package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.trace.Hops;
import dev.mayfly.mesh.wire.FrameEncoder;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * A source port whose datagrams may pass so many routers only. What ICMP says of them comes by the socket's error queue
 * (ip(7), IP_RECVERR), so no raw socket and no privilege is needed. A socket of its own: with errors reported, each one would
 * fail the next datagram of a port that measures.
 */
final class HopPort implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int BATCH = 16;
    /** Of a quoted datagram: BTH, DETH, then the number within the probe. */
    private static final int NUMBER_AT = 12 + 8 + 4;

    private static final int STAMPED =
            Sockets.TX_SOFTWARE | Sockets.RX_SOFTWARE | Sockets.REPORT_SOFTWARE | Sockets.OPT_ID | Sockets.OPT_TSONLY;

    private final int port;
    private final IpAddress.Family family;
    private final int fd;
    private final MessageBatch out;
    private final MessageBatch errors;
    private final ControlMessages control = new ControlMessages();
    /** Numbers of probes in the order in which they were sent, which is how the kernel counts them. */
    private final Map<Integer, Long> sent = new HashMap<>();

    private final Map<Long, Long> leftAt = new HashMap<>();
    private final Clock wall;
    private int count;

    HopPort(Arena arena, IpAddress address, int port, Clock wall) {
        this.wall = wall;
        this.port = port;
        this.family = address.family();
        out = new MessageBatch(arena, 1, Roce.frameBytes(64));
        errors = new MessageBatch(arena, BATCH, Roce.frameBytes(64));
        fd = Sockets.open(address, port, BUFFER_BYTES);
        try {
            Sockets.receiveNothing(fd);
            Sockets.reportErrors(fd, family);
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPING, STAMPED);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    void send(FrameEncoder encoder, Route route, ByteBuffer payload, int hopLimit, long number) {
        Sockets.hopLimit(fd, family, hopLimit);
        int bytes = encoder.frame(route, count, payload, 0, payload.capacity(), out.data(), 0);
        int name = Sockets.writeAddress(out.names(), 0, route.target(), Roce.UDP_PORT);
        out.readyToSend(0, name, bytes, true);
        // What ICMP said of the last one would fail this one, which has nothing to do with it.
        Sockets.clearError(fd);
        if (Sockets.send(fd, out.headerAddress(0), 1).ok()) {
            sent.put(count++, number);
        }
    }

    void drain(Hops.Answers answers) {
        while (true) {
            CallResult call =
                    Sockets.receive(fd, errors.headers(), errors.size(), Sockets.MSG_ERRQUEUE | Sockets.MSG_DONTWAIT);
            int got = call.ok() ? (int) call.value() : 0;
            for (int i = 0; i < got; i++) {
                control.read(errors.control(), errors.controlAt(i), errors.controlBytes(i));
                told(answers, i);
            }
            errors.readyToReceive(got);
            if (got < errors.size()) {
                return;
            }
        }
    }

    private void told(Hops.Answers answers, int i) {
        if (control.numbered()) {
            Long number = sent.get(control.number());
            if (number != null) {
                leftAt.put(number, control.stamp());
            }
            return;
        }
        long number = errors.bytes(i) >= NUMBER_AT + Long.BYTES
                ? errors.data().getLong(errors.slotAt(i) + NUMBER_AT)
                : Hops.UNKNOWN;
        // The kernel begins to stamp a moment after it was asked to; the first may have none.
        long stamp = control.stamp() != 0 ? control.stamp() : wallNanos();
        boolean expired = control.timeExceeded();
        control.offender().ifPresent(by -> answers.dropped(port, number, by, expired, away(number, stamp)));
    }

    /** The clock that the kernel stamps with. */
    private long wallNanos() {
        Instant now = wall.instant();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /** From leaving to this stamp, or 0. */
    long away(long number, long stamp) {
        Long left = leftAt.get(number);
        return left == null || stamp == 0 ? 0 : Math.max(0, stamp - left);
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
