package dev.mayfly.e2e;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a port of this machine that is slow, and can be cut and healed. */
final class SlowLink implements AutoCloseable {
    private static final long TICK_MILLIS = 10;

    private final ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int port;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile int bytesPerTick;
    private volatile boolean cut;

    /** @param bytesPerSecond from there to here, for each connection */
    SlowLink(int port, int bytesPerSecond) throws IOException {
        this.port = port;
        rate(bytesPerSecond);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return front.getLocalPort();
    }

    void rate(int bytesPerSecond) {
        bytesPerTick = (int) (bytesPerSecond * TICK_MILLIS / 1000);
    }

    void cut() {
        cut = true;
        open.forEach(SlowLink::close);
    }

    void heal() {
        cut = false;
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket near = front.accept();
                if (cut) {
                    near.close();
                    continue;
                }
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(near);
                open.add(far);
                Thread.ofVirtual().start(() -> copy(near, far, false));
                Thread.ofVirtual().start(() -> copy(far, near, true));
            } catch (IOException e) {
                // One side is not there; whoever connected is told by that.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean slow) {
        byte[] piece = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(piece, 0, most(piece, slow)); n >= 0; n = in.read(piece, 0, most(piece, slow))) {
                out.write(piece, 0, n);
                if (slow) {
                    Thread.sleep(TICK_MILLIS);
                }
            }
        } catch (IOException | InterruptedException e) {
            // It was cut, or one side ended.
        }
        close(from);
        close(to);
    }

    private int most(byte[] piece, boolean slow) {
        return slow ? Math.min(bytesPerTick, piece.length) : piece.length;
    }

    private static void close(Closeable each) {
        try {
            each.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() {
        close(front);
        cut();
    }
}
