package dev.mayfly.testkit.s3;

import dev.mayfly.testkit.port.LoopbackPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One object store on loopback with one empty bucket, as a child process. What it keeps and says lies below the folder it
 * is given, or in its memory. When this JVM ends without {@link #close}, the child is killed.
 */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "environments";
    public static final String ACCESS_KEY = "tester";
    public static final String SECRET_KEY = "not-so-secret";

    private static final int PORTS_TRIED = 5;
    private static final long READY_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final int MILLIS = 2000;

    private final S3Binary binary;
    private final Path log;
    private final int port;
    private final Process process;
    private final Thread atExit = new Thread(this::end, "s3-server-killer");

    private S3Server(S3Binary binary, Path folder) throws IOException {
        this.binary = binary;
        this.log = folder.resolve("s3-server.log");
        this.port = LoopbackPort.free();
        this.process = new ProcessBuilder(command(binary, folder, "127.0.0.1:" + port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static List<String> command(S3Binary binary, Path folder, String address) throws IOException {
        String program = binary.path().toString();
        return switch (binary.kind()) {
            case GOFAKES3 ->
                List.of(program, "-host", address, "-backend", "memory", "-initialbucket", BUCKET, "-quiet");
            case VERSITYGW -> {
                Path data = Files.createDirectories(folder.resolve("data"));
                Files.createDirectories(data.resolve(BUCKET));
                // Without --sidecar, whose ETags can be of another version than the content beside them.
                yield List.of(
                        program,
                        "--quiet",
                        "--port",
                        address,
                        "--access",
                        ACCESS_KEY,
                        "--secret",
                        SECRET_KEY,
                        "posix",
                        data.toString());
            }
        };
    }

    /**
     * Starts one and waits until it answers.
     *
     * @param folder of its own, which the caller deletes
     * @throws IOException with the end of its log, when it ends or is not ready in time
     */
    public static S3Server start(S3Binary binary, Path folder) throws IOException {
        for (int i = 1; ; i++) {
            S3Server server = new S3Server(binary, folder);
            try {
                server.awaitReady();
                Runtime.getRuntime().addShutdownHook(server.atExit);
                return server;
            } catch (IOException e) {
                server.end();
                // Another program may have taken the port since it was found free.
                if (i == PORTS_TRIED || !String.valueOf(e.getMessage()).contains("address already in use")) {
                    throw e;
                }
            }
        }
    }

    public int port() {
        return port;
    }

    /** {@code http://127.0.0.1:PORT}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Whether it looks at keys and signatures. */
    public boolean knowsWhoAsks() {
        return binary.kind() == S3Binary.Kind.VERSITYGW;
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN_NANOS;
        String last = "";
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IOException(binary.path() + " ended with " + process.exitValue() + ":\n" + endOfLog());
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MILLIS);
                socket.setSoTimeout(MILLIS);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                String beginning = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
                if (beginning.equals("HTTP/")) {
                    return;
                }
                last = beginning;
            } catch (IOException e) {
                last = e.toString();
            }
            sleep();
        }
        throw new IOException(binary.path() + " is not ready: " + last + "\n" + endOfLog());
    }

    private String endOfLog() throws IOException {
        String text = Files.readString(log);
        return text.substring(Math.max(0, text.length() - 2000));
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server started", e);
        }
    }

    private void end() {
        process.toHandle().destroyForcibly();
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the server " + process.pid() + " does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it, and waits until it is gone: what it has is of no use to anybody. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending already.
        }
    }
}
