package dev.mayfly.testkit.port;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds a free port that stays free while its server is dead. */
public final class LoopbackPort {
    /**
     * Below what Linux gives out by itself (from 32768, ip(7)). A client that knocks again and again at a port of that
     * range while nobody listens gets it as its own in the end, talks to itself, and the server cannot come back.
     */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int TRIES = 100;

    private LoopbackPort() {}

    public static int free() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (java.net.BindException e) {
                // Taken by someone else.
            }
        }
        throw new IOException("no free port found between " + FIRST + " and " + LAST);
    }
}
