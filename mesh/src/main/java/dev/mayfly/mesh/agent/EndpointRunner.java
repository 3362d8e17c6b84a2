package dev.mayfly.mesh.agent;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.EndpointCounts;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.endpoint.TokenBucket;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One endpoint on a platform thread of its own: sends what is due, answers peers, and takes the newest list between turns. */
final class EndpointRunner implements AutoCloseable {
    static final Duration KEEP = Duration.ofSeconds(10);

    /** A new list waits no longer than this; whatever arrives ends a turn at once. */
    private static final long LONGEST_TURN_NANOS = 50_000_000;

    private static final int MOST_IN_A_TURN = 64;
    /** Small against the time between two probes of one target, and against how much that is shaken. */
    private static final long TOGETHER_NANOS = 4_000_000;
    /** As many probes as are sent at the highest budget while one is kept. */
    private static final int MOST_KEPT = 1 << 15;

    private final Sockets sockets;
    private final Transport transport;
    private final Endpoint.Self self;
    private final Endpoint endpoint;
    private final FlowTally tally;
    private final Schedule schedule;
    private final SharedBudget host;
    private final Ticker ticker;
    private final AtomicReference<@Nullable Pinglist> newest = new AtomicReference<>();
    private final AtomicReference<EndpointCounts> counts = new AtomicReference<>(new EndpointCounts(0, 0, 0, 0, 0));
    private final AtomicLong heldBack = new AtomicLong();
    private final Set<Peer> admitted = new HashSet<>();
    private final Set<Integer> opened = new HashSet<>();
    private final AtomicLong portsMissing = new AtomicLong();
    private final AtomicLong longestStall = new AtomicLong();
    private final Thread thread;
    private volatile long cameRound;
    private volatile double pace = 1;
    private volatile double linkBudget;
    private volatile int queuePair;
    private volatile boolean closed;

    /** Takes over the transport. */
    EndpointRunner(
            Sockets sockets,
            Transport transport,
            Endpoint.Self self,
            FlowTally tally,
            SharedBudget host,
            double linkBudget,
            RandomGenerator random,
            Ticker ticker) {
        this.sockets = sockets;
        this.transport = transport;
        this.self = self;
        this.tally = tally;
        this.host = host;
        this.linkBudget = linkBudget;
        this.ticker = ticker;
        this.schedule = new Schedule(random);
        ProbeTable table =
                new ProbeTable(random.nextInt(Integer.MAX_VALUE), MOST_KEPT, AdaptiveTimeout.Bounds.USUAL, KEEP, tally);
        this.endpoint = new Endpoint(transport, self, table, ticker);
        this.queuePair = endpoint.queuePair();
        this.thread =
                Thread.ofPlatform().name("mesh-" + transport.address()).daemon().unstarted(this::run);
    }

    static Endpoint.Self self(RandomGenerator random, List<Integer> ports) {
        // Below 16 are queue pairs that InfiniBand has for itself.
        return new Endpoint.Self(random.nextInt(16, 1 << 24), Agent.QUEUE_KEY, ports, AnswerLimit.USUAL);
    }

    void start() {
        cameRound = ticker.nanos();
        thread.start();
    }

    /** The one that others must name at the moment. */
    int queuePair() {
        return queuePair;
    }

    Transport transport() {
        return transport;
    }

    FlowTally tally() {
        return tally;
    }

    void use(Pinglist list) {
        newest.set(list);
    }

    void pace(double share) {
        pace = share;
    }

    void linkBudget(double perSecond) {
        linkBudget = perSecond;
    }

    /** The longest between two turns since it was asked before; until now when a turn takes long. Called by one thread. */
    long stalled(long now) {
        return Math.max(longestStall.getAndSet(0), now - cameRound);
    }

    EndpointCounts counts() {
        return counts.get();
    }

    /** Ports of services that could not be had the last time a list came. */
    long portsMissing() {
        return portsMissing.get();
    }

    /** Probes that the budget did not allow. */
    long heldBack() {
        return heldBack.get();
    }

    private void run() {
        double budget = linkBudget;
        TokenBucket link = bucket(budget);
        double paced = 1;
        try {
            while (!closed) {
                long now = ticker.nanos();
                longestStall.accumulateAndGet(now - cameRound, Math::max);
                cameRound = now;
                Pinglist list = newest.getAndSet(null);
                if (list != null) {
                    take(list);
                }
                if (budget != linkBudget) {
                    budget = linkBudget;
                    link = bucket(budget);
                }
                if (paced != pace) {
                    paced = pace;
                    schedule.pace(paced);
                }
                send(link);
                long wait = Math.min(schedule.nextNanos() - ticker.nanos(), LONGEST_TURN_NANOS);
                endpoint.turn(Math.max(0, wait));
                counts.set(endpoint.counts());
                queuePair = endpoint.queuePair();
            }
        } finally {
            transport.close();
        }
    }

    private TokenBucket bucket(double perSecond) {
        return new TokenBucket(perSecond, Math.max(1, perSecond / 10), ticker.nanos());
    }

    /** What is due in a moment goes now: to wake up for each probe by itself would cost more than the probes. */
    private void send(TokenBucket link) {
        for (int i = 0; i < MOST_IN_A_TURN; i++) {
            long now = ticker.nanos();
            Schedule.Due due = schedule.next(now, TOGETHER_NANOS);
            if (due == null) {
                return;
            }
            if (link.take(now) && host.take(now)) {
                endpoint.probe(due.flow(), due.route());
            } else {
                heldBack.incrementAndGet();
            }
        }
    }

    /** Has the source ports that services use, and gives back those that they do not use any more. */
    private void openPorts(Pinglist list) {
        Set<Integer> wanted = new HashSet<>();
        list.targets().forEach(target -> wanted.addAll(target.sourcePorts()));
        list.traces().forEach(trace -> wanted.addAll(trace.sourcePorts()));
        self.sourcePorts().forEach(wanted::remove);
        for (int port : List.copyOf(opened)) {
            if (!wanted.contains(port)) {
                transport.closePort(port);
                opened.remove(port);
            }
        }
        wanted.removeAll(opened);
        if (!wanted.isEmpty()) {
            opened.addAll(sockets.inside(
                    () -> wanted.stream().filter(transport::openPort).toList()));
            wanted.removeAll(opened);
        }
        portsMissing.set(wanted.size());
        endpoint.alsoFrom(opened);
    }

    private void take(Pinglist list) {
        openPorts(list);
        long now = ticker.nanos();
        Set<Peer> peers = new HashSet<>(list.peers());
        for (Peer gone : admitted) {
            if (!peers.contains(gone)) {
                endpoint.forget(gone.address());
            }
        }
        peers.stream().filter(peer -> !admitted.contains(peer)).forEach(endpoint::admit);
        admitted.clear();
        admitted.addAll(peers);
        List<Schedule.Item> items = new ArrayList<>();
        Set<Integer> used = new HashSet<>();
        for (Pinglist.Target target : list.targets()) {
            List<Schedule.Due> flows = new ArrayList<>();
            for (int port : target.sourcePorts()) {
                if (self.sourcePorts().contains(port) || opened.contains(port)) {
                    int flow =
                            tally.number(target.peer().address(), target.peer().queuePair(), port, now);
                    used.add(flow);
                    flows.add(new Schedule.Due(flow, endpoint.routeTo(target.peer(), port)));
                }
            }
            if (!flows.isEmpty()) {
                items.add(new Schedule.Item(flows, target.perSecond()));
            }
        }
        tally.retain(used, now);
        schedule.use(items, now);
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            transport.close();
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
