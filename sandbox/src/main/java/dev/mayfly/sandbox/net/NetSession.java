package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.net.kernel.Drop;
import dev.mayfly.sandbox.net.wire.HostPort;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network of one run: its grant, its names, its connections, its evidence. Made by arm, ended by disarm. Safe for
 * concurrent use; connections take themselves out when they end.
 */
final class NetSession {
    /** Questions that wait for the world at once; of them the resolver asks as many as one run may. */
    private static final int LOOKUPS_AT_ONCE = 32;

    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LOOK_ROUND = Duration.ofMillis(100);
    private static final Duration FLUSH_TIMEOUT = Duration.ofMillis(200);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(2);

    private final NetGrant grant;
    private final NetCaps caps;
    private final Runnable exhausted;
    private final SyntheticNames names;
    private final Gatekeeper gatekeeper;
    private final Dialer dialer;
    private final DecisionLog log = new DecisionLog();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);
    private final AtomicInteger admitted = new AtomicInteger();
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicLong carried = new AtomicLong();
    private volatile boolean ended;

    /** {@code onExhausted} is called when this run may open no more connections. */
    NetSession(NetGrant grant, Resolver resolver, Dialer dialer, OwnAddresses own, Runnable onExhausted) {
        this.grant = grant;
        this.caps = grant.caps();
        this.exhausted = onExhausted;
        this.names = new SyntheticNames(caps.names());
        this.gatekeeper = new Gatekeeper(grant, resolver.forOneRun(), own, names);
        this.dialer = dialer;
    }

    /** Nano time by which what only announces a connection (proxy request, ClientHello, first line) must have come. */
    long headDeadline() {
        Duration patience = HEAD_TIMEOUT.compareTo(caps.idle()) < 0 ? HEAD_TIMEOUT : caps.idle();
        return System.nanoTime() + patience.toNanos();
    }

    NetGrant grant() {
        return grant;
    }

    SyntheticNames names() {
        return names;
    }

    Gatekeeper gatekeeper() {
        return gatekeeper;
    }

    Dialer dialer() {
        return dialer;
    }

    DecisionLog log() {
        return log;
    }

    /** Takes over a connection that the kernel handed to us, or resets it. */
    void admit(SocketChannel client) throws IOException {
        int number = admitted.incrementAndGet();
        if (ended || grant.deniesAll()) {
            Connection.reset(client);
        } else if (number > caps.connections()) {
            exhausted.run();
            log.denied(DecisionLog.RULE_CAPS, "connections", "more than " + caps.connections() + " in one run");
            Connection.reset(client);
        } else if (live.incrementAndGet() > caps.concurrent()) {
            live.decrementAndGet();
            log.denied(DecisionLog.RULE_CAPS, "concurrent", "more than " + caps.concurrent() + " at once");
            Connection.reset(client);
        } else {
            if (number == 1) {
                Thread.ofVirtual().name("net-watch").start(this::watch);
            }
            Connection connection = new Connection(this, client, (InetSocketAddress) client.getLocalAddress());
            open.add(connection);
            Thread.ofVirtual().name("net-connection").start(connection);
        }
    }

    /**
     * Takes over a question that may take seconds. The lookups are this run's own: what it leaves unanswered takes
     * nothing from the next one.
     */
    void lookUp(Runnable question) {
        if (!lookups.tryAcquire()) {
            log.denied(DecisionLog.RULE_CAPS, "lookups", "more than " + LOOKUPS_AT_ONCE + " at once");
            return;
        }
        Thread.ofVirtual().name("net-lookup").start(() -> {
            try {
                question.run();
            } finally {
                lookups.release();
            }
        });
    }

    void gone(Connection connection) {
        open.remove(connection);
        live.decrementAndGet();
    }

    /** Counts bytes about to be carried; false when they are too many, and then this run carries nothing any more. */
    boolean mayCarry(int more) {
        long total = carried.addAndGet(more);
        if (total <= caps.bytes()) {
            return true;
        }
        if (total - more <= caps.bytes()) { // exactly one caller crosses the line
            log.denied(DecisionLog.RULE_CAPS, "bytes", "more than " + caps.bytes() + " in one run");
            exhausted.run();
            ended = true;
            open.forEach(Connection::abort);
        }
        return false;
    }

    /** A flow that the kernel dropped for us, written by the name the job used. */
    void dropped(Drop drop) {
        var address = drop.destination().getAddress();
        int port = drop.destination().getPort();
        String where = names.nameOf(address)
                .map(name -> Subject.tcp(new HostPort(new TargetHost.Name(name), port), "")
                        .substring("tcp ".length()))
                .orElseGet(() -> Subject.endpoint(address, port));
        boolean overCap = drop.tcp() && admitted.get() > caps.connections();
        log.denied(
                overCap ? DecisionLog.RULE_CAPS : DecisionLog.RULE_DEFAULT,
                (drop.tcp() ? "tcp " : "udp ") + where,
                overCap ? "more connections than one run may open" : "dropped by the kernel",
                drop.count());
    }

    /** Ends every connection; what the job had sent before its death still goes out, within a short bound. */
    void end() {
        long flushUntil = System.nanoTime() + FLUSH_TIMEOUT.toNanos();
        while (!ended && open.stream().anyMatch(Connection::isSending) && System.nanoTime() < flushUntil) {
            pause(Duration.ofMillis(1));
        }
        ended = true;
        long until = System.nanoTime() + END_TIMEOUT.toNanos();
        while (live.get() > 0 && System.nanoTime() < until) {
            open.forEach(Connection::abort);
            pause(Duration.ofMillis(1));
        }
    }

    /** Closes what has been silent or half-announced for too long. */
    private void watch() {
        while (!ended) {
            long now = System.nanoTime();
            open.forEach(connection -> connection.endIfOverdue(now, caps.idle()));
            pause(LOOK_ROUND);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
