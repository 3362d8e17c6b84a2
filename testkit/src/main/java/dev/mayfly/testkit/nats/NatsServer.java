package dev.mayfly.testkit.nats;

import dev.mayfly.testkit.port.LoopbackPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One nats-server with JetStream on loopback, as a child process that can be killed, paused and started again.
 *
 * <p>Its configuration, log and store lie below the folder it is given and stay there. Methods may be called from
 * several threads. When this JVM ends without {@link #close}, the child is killed.
 */
public final class NatsServer implements AutoCloseable {
    private static final int PORTS_TRIED = 5;
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final long ENDS_WITHIN_SECONDS = 10;

    private final Path binary;
    private final Path folder;
    private final NatsOptions options;
    private final int port;
    private final int monitorPort;
    private final Thread atExit = new Thread(this::killQuietly, "nats-server-killer");
    private Process process;

    private NatsServer(Path binary, Path folder, NatsOptions options) throws IOException {
        this.binary = binary;
        this.folder = folder;
        this.options = options;
        this.port = LoopbackPort.free();
        this.monitorPort = options.monitored() ? LoopbackPort.free() : 0;
        this.process = launch();
    }

    /** @param temp a folder of its own, which the caller deletes */
    public static NatsServer start(Path binary, Path temp) throws IOException {
        return start(binary, temp, NatsOptions.plain());
    }

    /**
     * Starts one and waits until JetStream answers.
     *
     * @throws IOException with the end of its log, when it ends or is not ready in time
     */
    public static NatsServer start(Path binary, Path temp, NatsOptions options) throws IOException {
        for (int i = 1; ; i++) {
            NatsServer server = new NatsServer(binary, temp, options);
            try {
                server.awaitReady();
                Runtime.getRuntime().addShutdownHook(server.atExit);
                return server;
            } catch (IOException e) {
                server.killQuietly();
                // Another program may have taken the port since it was found free.
                if (i == PORTS_TRIED || !String.valueOf(e.getMessage()).contains("address already in use")) {
                    throw e;
                }
            }
        }
    }

    /** {@code nats://127.0.0.1:PORT}, the same after a restart. */
    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** {@code http://127.0.0.1:PORT}, when the options ask for it. */
    public String monitorUrl() {
        if (monitorPort == 0) {
            throw new IllegalStateException("started without NatsOptions.withMonitor");
        }
        return "http://127.0.0.1:" + monitorPort;
    }

    public Path store() {
        return folder.resolve("store");
    }

    public Path log() {
        return folder.resolve("nats-server.log");
    }

    /** The JSON of the server's INFO line. */
    public String info() throws IOException {
        return NatsWire.info(port);
    }

    /** Asks one question, for tests without a client library; an answer has five seconds. */
    public String request(String subject, String payload) throws IOException {
        return NatsWire.request(port, subject, payload);
    }

    public synchronized long pid() {
        return process.pid();
    }

    /** Ends it as SIGKILL does, and waits until it is gone. */
    public synchronized void kill9() {
        killAndWait();
    }

    /** Starts it on the same port and store; one that lives is ended first, as SIGTERM does. */
    public synchronized void restart() throws IOException {
        end();
        process = launch();
        awaitReady();
    }

    /** Stops it as SIGSTOP does: connections stay open and nothing answers. */
    public synchronized void pause() throws IOException {
        signal("STOP");
    }

    public synchronized void resume() throws IOException {
        signal("CONT");
    }

    /** Ends it, and waits until it is gone. Does nothing more when called again. */
    @Override
    public synchronized void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending already.
        }
    }

    private Process launch() throws IOException {
        Path configuration = folder.resolve("nats-server.conf");
        String monitor = monitorPort == 0 ? "" : "http: \"127.0.0.1:" + monitorPort + "\"\n";
        Files.writeString(configuration, """
                host: "127.0.0.1"
                port: %d
                %sjetstream {
                store_dir: "%s"
                %s
                }
                %s
                """.formatted(port, monitor, store(), options.jetStream(), options.config()));
        return new ProcessBuilder(binary.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + options.within().toNanos();
        String last = "";
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IOException("nats-server ended with " + process.exitValue() + ":\n" + endOfLog());
            }
            try {
                String info = info();
                // With accounts the question needs a password, which is the test's affair.
                if (info.contains("\"auth_required\":true")
                        || request("$JS.API.INFO", "").contains("\"api\"")) {
                    return;
                }
                last = "JetStream does not answer";
            } catch (IOException e) {
                last = e.toString();
            }
            sleep();
        }
        throw new IOException("nats-server is not ready after " + options.within() + ": " + last + "\n" + endOfLog());
    }

    private void end() {
        if (process.isAlive()) {
            try {
                signal("CONT");
                process.toHandle().destroy();
                await(process.onExit());
            } catch (IOException e) {
                // It is killed below.
            }
        }
        killAndWait();
    }

    private void killAndWait() {
        // Process.destroyForcibly also closes streams, which a reader in another thread takes amiss.
        process.toHandle().destroyForcibly();
        if (!await(process.onExit())) {
            throw new IllegalStateException("nats-server " + process.pid() + " does not end");
        }
    }

    private synchronized void killQuietly() {
        process.toHandle().destroyForcibly();
        await(process.onExit());
    }

    private static boolean await(CompletableFuture<Process> end) {
        try {
            end.get(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Java sends TERM and KILL only. */
    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!await(kill.onExit()) || kill.exitValue() != 0) {
            throw new IOException("kill -" + name + " " + process.pid() + " failed");
        }
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while nats-server started", e);
        }
    }

    private String endOfLog() throws IOException {
        String text = Files.readString(log());
        return text.substring(Math.max(0, text.length() - 2000));
    }
}
