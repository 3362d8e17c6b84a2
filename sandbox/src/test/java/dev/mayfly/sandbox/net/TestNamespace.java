package dev.mayfly.sandbox.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.platform.linux.Setns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A network namespace as the launcher makes one: {@code lo} and local routes for everything. Ends with its holder. */
final class TestNamespace implements AutoCloseable {
    private static final String SETUP =
            "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo"
                    + " && echo ready && exec cat";

    private final Process holder;

    private TestNamespace(Process holder) {
        this.holder = holder;
    }

    static TestNamespace open() throws IOException {
        Process holder;
        try {
            holder = new ProcessBuilder("unshare", "-n", "sh", "-c", SETUP)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "not run here: network namespaces: unshare(1) is missing");
            throw e;
        }
        boolean ready = "ready".equals(holder.inputReader().readLine());
        if (!ready) {
            holder.destroyForcibly();
        }
        assumeTrue(ready, "not run here: network namespaces: unshare -n or ip(8) failed (needs root and iproute2)");
        return new TestNamespace(holder);
    }

    long pid() {
        return holder.pid();
    }

    <T> T inside(Callable<T> work) {
        return Setns.inNetworkOf(pid(), work);
    }

    /** Connects from inside; the socket belongs to the namespace whatever thread uses it later. */
    SocketChannel connect(InetSocketAddress to) throws IOException {
        SocketChannel channel = inside(SocketChannel::open);
        try {
            channel.socket().connect(to, 5_000);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    DatagramChannel udp() {
        return inside(() -> DatagramChannel.open(StandardProtocolFamily.INET));
    }

    @Override
    public void close() throws Exception {
        holder.getOutputStream().close();
        if (!holder.waitFor(5, TimeUnit.SECONDS)) {
            holder.destroyForcibly();
        }
    }
}
