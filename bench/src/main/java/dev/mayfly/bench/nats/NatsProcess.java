package dev.mayfly.bench.nats;

import dev.mayfly.bench.process.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One nats-server with JetStream on loopback, with a store of its own, for as long as this is open. */
public final class NatsProcess implements AutoCloseable {
    private static final long READY_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_AGAIN_MILLIS = 20;
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

    private final Process process;
    private final int port;

    private NatsProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Returns when it takes connections. Its settings are the server's own, which confirm a message before it is synced.
     *
     * @param folder for its store and log; deleted by the caller
     * @throws IOException with its log when it does not start
     */
    public static NatsProcess start(Path program, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path log = folder.resolve("nats-server.log");
        int port = freePort();
        Process process = new ProcessBuilder(
                        program.toString(),
                        "-a",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-js",
                        "-sd",
                        folder.resolve("store").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        NatsProcess server = new NatsProcess(process, port);
        long end = System.nanoTime() + READY_WITHIN_NANOS;
        while (!server.listens()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                server.close();
                throw new IOException(
                        "nats-server does not start: " + Files.readString(log).strip());
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return process.isAlive();
        } catch (IOException _) {
            return false;
        }
    }

    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        Ends.gently(process, ENDS_WITHIN);
    }
}
