package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What the kernel itself costs: datagrams as long as a probe's frame, 64 to a call, without checksums, stamps or anybody who
 * looks at them. The limit beside {@link PacketRate}, measured likewise.
 */
public final class RawPackets {
    private static final int BATCH = 64;
    private static final int BATCHES_IN_FLIGHT = 3;
    private static final int PAYLOAD_BYTES = 40;
    private static final int BUFFER_BYTES = 8 << 20;

    private RawPackets() {}

    /** Datagrams that a processor core both sends and receives in a second, from one address of this host to another. */
    public static double perSecond(IpAddress from, IpAddress to, int port, long frames) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        int sender = Sockets.open(from, port, BUFFER_BYTES);
        int receiver = -1;
        try (Arena arena = Arena.ofConfined()) {
            receiver = Sockets.open(to, Roce.UDP_PORT, BUFFER_BYTES);
            MessageBatch out = new MessageBatch(arena, BATCH, Roce.frameBytes(PAYLOAD_BYTES));
            MessageBatch in = new MessageBatch(arena, BATCH, Roce.frameBytes(PAYLOAD_BYTES));
            for (int i = 0; i < BATCH; i++) {
                int name = Sockets.writeAddress(out.names(), out.nameAt(i), to, Roce.UDP_PORT);
                out.readyToSend(i, name, Roce.frameBytes(PAYLOAD_BYTES), true);
            }
            long begin = threads.getCurrentThreadCpuTime();
            long arrived = 0;
            long sent = 0;
            while (sent < frames) {
                for (int i = 0; i < BATCHES_IN_FLIGHT; i++) {
                    CallResult call = Sockets.send(sender, out.headerAddress(0), BATCH);
                    sent += call.ok() ? call.value() : 0;
                }
                arrived += drain(receiver, in);
            }
            long nanos = Math.max(1, threads.getCurrentThreadCpuTime() - begin);
            return arrived * 1e9 / nanos;
        } finally {
            Libc.close(sender);
            if (receiver >= 0) {
                Libc.close(receiver);
            }
        }
    }

    private static long drain(int receiver, MessageBatch in) {
        long arrived = 0;
        while (true) {
            CallResult call = Sockets.receive(receiver, in.headers(), in.size(), Sockets.MSG_DONTWAIT);
            int count = call.ok() ? (int) call.value() : 0;
            in.readyToReceive(count);
            arrived += count;
            if (count < in.size()) {
                return arrived;
            }
        }
    }
}
