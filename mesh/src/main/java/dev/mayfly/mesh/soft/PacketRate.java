package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * How many frames a processor core sends and receives: checksums made and checked, stamps of both directions read. By
 * processor time and not by wall time, so that it is true on a busy machine as well.
 *
 * @param frames that arrived intact
 * @param sendNanos processor time for sending and for the stamps of it
 * @param receiveNanos processor time for receiving; what the kernel does on arrival in the sender's time is counted there
 * @param stamped frames whose departure was stamped
 */
public record PacketRate(long frames, long stamped, long sendNanos, long receiveNanos) {
    private static final int PAYLOAD_BYTES = 40;
    private static final int IN_FLIGHT = 192;

    public double sentPerSecond() {
        return frames * 1e9 / sendNanos;
    }

    public double receivedPerSecond() {
        return frames * 1e9 / receiveNanos;
    }

    /** Frames that one core both sends and receives. */
    public double bothPerSecond() {
        return frames * 1e9 / (sendNanos + receiveNanos);
    }

    /** Measures from one transport to another in this process; this thread does all of it. */
    public static PacketRate measure(Transport from, Transport to, List<Integer> ports, long frames) {
        Counter there = new Counter();
        Counter here = new Counter();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        Route[] routes = new Route[ports.size()];
        for (int i = 0; i < routes.length; i++) {
            routes[i] =
                    new Route(from.address(), to.address(), ports.get(i), Route.DEFAULT_PARTITION, 0x22, 0x11, 0x1234);
        }
        long sendNanos = 0;
        long receiveNanos = 0;
        long token = 0;
        while (token < frames) {
            long begin = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < IN_FLIGHT; i++) {
                from.send(routes[(int) (token / 64 % routes.length)], payload, 0, PAYLOAD_BYTES, token++);
            }
            from.flush();
            from.receive(here, 0);
            long middle = threads.getCurrentThreadCpuTime();
            while (to.receive(there, 0) > 0) {
                // until nothing is left
            }
            sendNanos += middle - begin;
            receiveNanos += threads.getCurrentThreadCpuTime() - middle;
        }
        return new PacketRate(there.arrived, here.stamped, Math.max(1, sendNanos), Math.max(1, receiveNanos));
    }

    private static final class Counter implements Receiver {
        private long arrived;
        private long stamped;

        @Override
        public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
            arrived++;
        }

        @Override
        public void damaged(IpAddress source, int sourcePort, FrameView claims) {}

        @Override
        public void rejected(IpAddress source, Decoded.Rejected why) {}

        @Override
        public void sent(long token, long stamp) {
            stamped++;
        }

        @Override
        public void sendFailed(long token) {}
    }
}
