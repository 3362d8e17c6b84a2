package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a {@link LocalService} on a Unix socket.
 *
 * <p>One virtual thread accepts, one reads each connection, one runs each call. They are daemon threads: whoever owns the
 * server keeps the program alive. Stopping goes in two steps, so that calls in flight get their replies: {@link #drain}
 * refuses new calls and waits, {@link #close} gives up what is left.
 */
public final class LocalServer implements AutoCloseable {
    /** How long an interrupted call gets to clean up and answer before its connection is cut. */
    private static final Duration GIVE_UP = Duration.ofSeconds(2);

    /** Accepting fails when descriptors run out; trying again at once would only burn the processor. */
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(50);

    private final Path socket;
    private final SocketFile file;
    private final LocalService service;
    private final LocalLimits limits;
    private final Log log;
    private final CallGate gate = new CallGate();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private LocalServer(Path socket, SocketFile file, LocalService service, LocalLimits limits, Log log) {
        this.socket = socket;
        this.file = file;
        this.service = new GuardedService(
                service,
                (call, failure) -> log.error()
                        .with("operation", call.operation())
                        .cause(failure)
                        .log("operation failed unexpectedly"));
        this.limits = limits;
        this.log = log;
    }

    /**
     * Takes the socket and starts to serve. A dead socket file is replaced.
     *
     * @param socket in a directory only its owner may enter; a missing one is made so
     * @throws dev.mayfly.base.error.MayflyException {@code SERVICE_RUNNING} when another service listens there,
     *     {@code STATE_UNAVAILABLE} when the socket cannot be made
     */
    public static LocalServer listen(Path socket, LocalService service, LocalLimits limits, Log log) {
        LocalServer server = new LocalServer(socket, SocketFile.listen(socket), service, limits, log.named("local"));
        Thread.ofVirtual().name("local-accept").start(server::accept);
        return server;
    }

    public Path socket() {
        return socket;
    }

    /** Calls that run now. */
    public int callsInFlight() {
        return gate.inside();
    }

    private void accept() {
        while (!stopped.get()) {
            try {
                serve(file.listener().accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.error().with("reason", SocketFile.reason(e)).log("cannot accept a client");
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; the loop condition decides.
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        Connection connection = new Connection(channel, service, limits, gate, log);
        if (connections.size() >= limits.maxConnections()) {
            log.warn().with("limit", limits.maxConnections()).log("too many clients");
            connection.tryToSend(Reply.Failed.of(
                    ErrorCode.SERVICE_BUSY,
                    "the service takes no more clients",
                    limits.maxConnections() + " are connected already",
                    "try again in a moment"));
            connection.close();
            return;
        }
        connections.add(connection);
        Thread.ofVirtual().name("local-client").start(() -> {
            try {
                connection.run();
            } finally {
                connections.remove(connection);
            }
        });
        if (stopped.get()) {
            connection.close();
        }
    }

    /**
     * Frees the socket, refuses new calls and waits for those in flight.
     *
     * @return true when all of them have ended
     */
    public boolean drain(Duration grace) throws InterruptedException {
        stopAccepting();
        return gate.awaitEmpty(grace);
    }

    private void stopAccepting() {
        gate.shut();
        if (stopped.compareAndSet(false, true)) {
            file.close();
        }
    }

    /** Stops at once: calls in flight are interrupted and get a moment to clean up. */
    @Override
    public void close() {
        stopAccepting();
        for (Connection connection : connections) {
            connection.interruptCall();
        }
        if (!gate.awaitEmptyUninterruptibly(GIVE_UP)) {
            log.warn().with("calls", gate.inside()).log("calls did not end when interrupted");
        }
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
