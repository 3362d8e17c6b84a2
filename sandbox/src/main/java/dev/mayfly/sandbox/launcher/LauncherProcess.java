package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One running launcher and the socket to it. Closing the socket ends it, whatever it is doing. */
final class LauncherProcess implements AutoCloseable {
    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(10);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);
    private static final int LOG_TAIL = 400;

    private final Process process;
    private final LauncherChannel channel;
    private final Path log;

    private LauncherProcess(Process process, LauncherChannel channel, Path log) {
        this.process = process;
        this.channel = channel;
        this.log = log;
    }

    /**
     * Starts the program and waits until it has connected.
     *
     * @param name unique in the directory, short: a socket path has 107 bytes at most (unix(7))
     * @param place called with the pid before the launcher is told anything
     */
    static LauncherProcess start(Path program, Path directory, String name, LongConsumer place)
            throws InterruptedException {
        Path socketPath = directory.resolve(name + ".sock");
        Path log = directory.resolve(name + ".log");
        Process process = null;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.deleteIfExists(socketPath);
            server.bind(UnixDomainSocketAddress.of(socketPath), 1);
            ProcessBuilder builder = new ProcessBuilder(program.toString(), "--socket", socketPath.toString())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(log.toFile());
            builder.environment().clear();
            process = builder.start();
            place.accept(process.pid());
            return new LauncherProcess(process, new LauncherChannel(accept(server, process)), log);
        } catch (IOException e) {
            destroy(process);
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "the launcher " + program + " cannot be started",
                    e.getMessage() + said(log),
                    "run `mayfly doctor`",
                    e);
        } catch (RuntimeException | InterruptedException e) {
            destroy(process);
            throw e;
        } finally {
            deleteQuietly(socketPath);
        }
    }

    private static SocketChannel accept(ServerSocketChannel server, Process process)
            throws IOException, InterruptedException {
        server.configureBlocking(false);
        long deadline = System.nanoTime() + CONNECTS_WITHIN.toNanos();
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            for (; ; ) {
                SocketChannel socket = server.accept();
                if (socket != null) {
                    return socket;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while a launcher starts");
                }
                if (!process.isAlive()) {
                    throw new IOException("it ended with exit code " + process.exitValue() + " before it connected");
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("it did not connect within " + CONNECTS_WITHIN.toSeconds() + " s");
                }
                selector.select(50);
                selector.selectedKeys().clear();
            }
        }
    }

    LauncherChannel channel() {
        return channel;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** How it ended and what it last wrote on stderr, for error messages. */
    String epitaph() {
        try {
            boolean ended = process.waitFor(200, TimeUnit.MILLISECONDS);
            return (ended ? "it ended with exit code " + process.exitValue() : "it still runs") + said(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "its end is unknown";
        }
    }

    private static String said(Path log) {
        try {
            String text = Files.readString(log).trim();
            return text.isEmpty() ? "" : "; it said: " + text.substring(Math.max(0, text.length() - LOG_TAIL));
        } catch (IOException e) {
            return "";
        }
    }

    private static void destroy(@Nullable Process process) {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The directory is removed as a whole at the end, or swept by the next instance.
        }
    }

    /** Ends it at once; its job dies with it. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        channel.close();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        deleteQuietly(log);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
