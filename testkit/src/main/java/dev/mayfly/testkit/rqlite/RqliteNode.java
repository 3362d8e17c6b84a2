package dev.mayfly.testkit.rqlite;

import dev.mayfly.testkit.port.LoopbackPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One node on loopback. Its state and its log lie below the folder it is given, so that it can be killed and started again
 * with what it had. When this JVM ends without {@link #close}, the child is killed.
 */
public final class RqliteNode implements AutoCloseable {
    private static final long READY_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_AGAIN_MILLIS = 20;
    private static final int MILLIS = 2000;

    private final Path program;
    private final Path folder;
    private final int port = LoopbackPort.free();
    private final int raftPort = LoopbackPort.free();
    private final Optional<RqliteNode> friend;
    private final List<String> options;
    private final Thread atExit = new Thread(this::kill, "rqlite-killer");
    private Optional<Process> process = Optional.empty();

    private RqliteNode(Path program, Path folder, Optional<RqliteNode> friend, List<String> options)
            throws IOException {
        this.program = program;
        this.folder = Files.createDirectories(folder);
        this.friend = friend;
        this.options = List.copyOf(options);
    }

    /** A node of a cluster of its own. */
    public static RqliteNode alone(Path program, Path folder, String... options) throws IOException {
        return started(new RqliteNode(program, folder, Optional.empty(), List.of(options)));
    }

    /** A node that joins the cluster of another. */
    public static RqliteNode joining(RqliteNode friend, Path folder, String... options) throws IOException {
        return started(new RqliteNode(friend.program, folder, Optional.of(friend), List.of(options)));
    }

    private static RqliteNode started(RqliteNode node) throws IOException {
        Runtime.getRuntime().addShutdownHook(node.atExit);
        try {
            node.start();
            return node;
        } catch (IOException e) {
            node.close();
            throw e;
        }
    }

    /** Starts it, also again, and returns when it knows a leader. */
    public void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "-node-id",
                "node-" + raftPort,
                "-http-addr",
                "127.0.0.1:" + port,
                "-raft-addr",
                "127.0.0.1:" + raftPort,
                "-raft-timeout=500ms",
                "-raft-election-timeout=500ms",
                "-fk=true"));
        friend.ifPresent(other -> command.addAll(List.of("-join", "127.0.0.1:" + other.raftPort)));
        command.addAll(options);
        command.add(folder.resolve("data").toString());
        process = Optional.of(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start());
        awaitReady();
    }

    private Path log() {
        return folder.resolve("rqlited.log");
    }

    /** {@code http://127.0.0.1:PORT}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN_NANOS;
        String last = "";
        while (System.nanoTime() < deadline) {
            if (!process.orElseThrow().isAlive()) {
                throw new IOException(program + " ended:\n" + endOfLog());
            }
            last = ask("/readyz");
            // One that wants to know who asks is ready, too.
            if (last.startsWith("HTTP/1.1 200") || last.startsWith("HTTP/1.1 401")) {
                return;
            }
            sleep();
        }
        throw new IOException(program + " is not ready: " + last + "\n" + endOfLog());
    }

    /** Whether it leads its cluster now. */
    public boolean leads() {
        return ask("/status?key=store").contains("\"raft_state\":\"Leader\"")
                || ask("/status").contains("\"state\":\"Leader\"");
    }

    private String ask(String path) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String endOfLog() throws IOException {
        String text = Files.readString(log());
        return text.substring(Math.max(0, text.length() - 2000));
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while rqlite started", e);
        }
    }

    /** kill -9, and returns when it is gone. */
    public void kill() {
        process.ifPresent(running -> {
            running.toHandle().destroyForcibly();
            running.onExit().join();
        });
        process = Optional.empty();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The JVM is ending, and the hook runs.
        }
    }
}
