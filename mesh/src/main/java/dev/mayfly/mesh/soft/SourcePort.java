package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.FrameEncoder;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends from one port, and learns from the socket's error queue when each datagram left. The kernel numbers the datagrams of
 * a socket from 0; we count along. After a failure the two counts may differ, so numbering is begun anew: stamps that are
 * still to come are lost then, and their probes blame nobody.
 */
final class SourcePort implements AutoCloseable {
    /** Datagrams whose stamps are waited for; the oldest are given up. A power of two. */
    private static final int REMEMBERED = 4096;

    /** Few, because there are many ports, and most have a frame or two in line. */
    private static final int BATCH = 16;

    private static final int STAMPED =
            Sockets.TX_SOFTWARE | Sockets.REPORT_SOFTWARE | Sockets.OPT_ID | Sockets.OPT_TSONLY;

    /** A stamp takes about 800 bytes of this. */
    private static final int BUFFER_BYTES = 4 << 20;

    private final int fd;
    private final MemorySegment callState;
    private final MessageBatch batch;
    private final long[] inLine = new long[BATCH];
    private int filled;

    private final MessageBatch stamps;
    private final ControlMessages control = new ControlMessages();
    private final long[] tokens = new long[REMEMBERED];
    private final boolean[] waiting = new boolean[REMEMBERED];
    private int next;
    private int outstanding;

    private int sequence;

    SourcePort(Arena arena, IpAddress address, int port) {
        callState = Libc.callState(arena);
        batch = new MessageBatch(arena, BATCH, Roce.frameBytes(Transport.LARGEST_PAYLOAD));
        batch.prepareUnstamped();
        stamps = new MessageBatch(arena, BATCH, 64);
        fd = Sockets.open(address, port, BUFFER_BYTES);
        try {
            Sockets.receiveNothing(fd);
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPING, STAMPED);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    int descriptor() {
        return fd;
    }

    /** Whether stamps are still to come. */
    boolean waits() {
        return outstanding > 0;
    }

    /** Whether {@link #flush} must be called before the next {@link #add}. */
    boolean full() {
        return filled == BATCH;
    }

    void add(FrameEncoder encoder, Route route, ByteBuffer payload, int from, int length, long token) {
        int bytes = encoder.frame(route, sequence++, payload, from, length, batch.data(), batch.slotAt(filled));
        int name = Sockets.writeAddress(batch.names(), batch.nameAt(filled), route.target(), Roce.UDP_PORT);
        batch.readyToSend(filled, name, bytes, token != Transport.UNWATCHED);
        inLine[filled++] = token;
    }

    void flush(Receiver failureTaker) {
        int done = 0;
        while (done < filled) {
            CallResult call = Sockets.send(callState, fd, batch.headerAddress(done), filled - done);
            if (call.ok()) {
                for (int i = 0; i < call.value(); i++) {
                    remember(inLine[done++]);
                }
            } else {
                failureTaker.sendFailed(inLine[done++]);
                numberAnew(failureTaker);
            }
        }
        filled = 0;
    }

    private void remember(long token) {
        if (token == Transport.UNWATCHED) {
            return;
        }
        int place = next++ & REMEMBERED - 1;
        if (!waiting[place]) {
            waiting[place] = true;
            outstanding++;
        }
        tokens[place] = token;
    }

    private void numberAnew(Receiver receiver) {
        drain(receiver);
        Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPING, 0);
        Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPING, STAMPED);
        Arrays.fill(waiting, false);
        outstanding = 0;
        next = 0;
    }

    /** Tells the stamps that are there. */
    int drain(Receiver receiver) {
        int told = 0;
        while (outstanding > 0) {
            CallResult call = Sockets.receive(
                    callState, fd, stamps.headers(), stamps.size(), Sockets.MSG_ERRQUEUE | Sockets.MSG_DONTWAIT);
            int count = call.ok() ? (int) call.value() : 0;
            for (int i = 0; i < count; i++) {
                control.read(stamps.control(), stamps.controlAt(i), stamps.controlBytes(i));
                told += stamped(receiver);
            }
            stamps.readyToReceive(count);
            if (count < stamps.size()) {
                break;
            }
        }
        return told;
    }

    private int stamped(Receiver receiver) {
        int number = control.number();
        int place = number & REMEMBERED - 1;
        boolean ours = control.numbered() && control.stamp() != 0 && next - number > 0 && next - number <= REMEMBERED;
        if (!ours || !waiting[place]) {
            return 0;
        }
        waiting[place] = false;
        outstanding--;
        receiver.sent(tokens[place], control.stamp());
        return 1;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
