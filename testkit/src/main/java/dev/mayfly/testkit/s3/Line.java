package dev.mayfly.testkit.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A line to a server on loopback, which counts what goes to it and can fall silent after so many bytes. */
public final class Line implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final ServerSocket door;
    private final int server;
    private final long most;
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch silent = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Line(ServerSocket door, int server, long most) {
        this.door = door;
        this.server = server;
        this.most = most;
    }

    /** @param most bytes that it lets through to the server; later ones are taken and go nowhere */
    public static Line to(int server, long most) throws IOException {
        Line line = new Line(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server, most);
        Thread.ofVirtual().start(line::accept);
        return line;
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Bytes that went to the server. */
    public long sent() {
        return sent.get();
    }

    /** Waits until nothing goes through any more. @return whether that came within the time */
    public boolean awaitSilence(long seconds) throws InterruptedException {
        return silent.await(seconds, TimeUnit.SECONDS);
    }

    private void accept() {
        while (true) {
            try {
                Socket client = door.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(client);
                open.add(there);
                Thread.ofVirtual().start(() -> carry(client, there, true));
                Thread.ofVirtual().start(() -> carry(there, client, false));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void carry(Socket from, Socket to, boolean counted) {
        byte[] piece = new byte[PIECE];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (counted && sent.get() >= most) {
                    silent.countDown();
                    continue;
                }
                out.write(piece, 0, read);
                if (counted) {
                    sent.addAndGet(read);
                }
            }
        } catch (IOException e) {
            // One of both has gone.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
