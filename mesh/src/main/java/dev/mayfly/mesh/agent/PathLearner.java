package dev.mayfly.mesh.agent;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.exchange.AgentReport.LearnedPath;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Learns which switches the flows of one card cross: sends copies of their frames that live for 1, 2, 3 … hops, so that
 * switches hash them as they hash probes, and listens to who says that one died. A platform thread; a few packets at a time.
 */
final class PathLearner implements AutoCloseable {
    private static final int MOST_HOPS = 6;
    private static final Duration ANSWERS = Duration.ofMillis(100);
    private static final Duration BETWEEN = Duration.ofMillis(10);
    private static final Duration IDLE = Duration.ofMillis(100);
    private static final Duration AGAIN = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int AT_ONCE = 8;
    private static final int MOST_TOLD = 10_000;

    private final IpAddress from;
    private final PathSocket socket;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final ConcurrentLinkedQueue<LearnedPath> told = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Pinglist> newest = new AtomicReference<>();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::due));
    private final Map<Flow, Integer> longest = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    private record Task(Flow flow, long due) {}

    /** A flow that is asked about now, and who answered. */
    private static final class Asked {
        private final Flow flow;
        private final IpAddress[] hops = new IpAddress[MOST_HOPS];

        private Asked(Flow flow) {
            this.flow = flow;
        }

        private int known() {
            int known = 0;
            while (known < MOST_HOPS && hops[known] != null) {
                known++;
            }
            return known;
        }

        private LearnedPath path() {
            List<Optional<IpAddress>> path = new ArrayList<>();
            for (int i = 0; i < known(); i++) {
                path.add(Optional.of(hops[i]));
            }
            return new LearnedPath(flow, path);
        }
    }

    /** Takes over the socket. */
    PathLearner(IpAddress from, PathSocket socket, RandomGenerator random, Ticker ticker) {
        this.from = from;
        this.socket = socket;
        this.random = random;
        this.ticker = ticker;
        this.thread = Thread.ofPlatform().name("mesh-paths-" + from).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void use(Pinglist list) {
        newest.set(list);
    }

    /** What was learned since the last time. */
    List<LearnedPath> drain() {
        List<LearnedPath> paths = new ArrayList<>();
        for (LearnedPath next = told.poll(); next != null; next = told.poll()) {
            paths.add(next);
        }
        return paths;
    }

    private void run() {
        try {
            while (!closed) {
                Pinglist list = newest.getAndSet(null);
                if (list != null) {
                    take(list);
                }
                List<Asked> asked = ask();
                listen(asked, asked.isEmpty() ? untilDue() : ANSWERS);
                asked.forEach(this::done);
            }
        } finally {
            socket.close();
        }
    }

    /** Paths are learned now and then, so mostly there is nothing to do; a new list waits no longer than this. */
    private Duration untilDue() {
        Task next = tasks.peek();
        long wait = next == null ? IDLE.toNanos() : next.due() - ticker.nanos();
        return Duration.ofNanos(Math.clamp(wait, BETWEEN.toNanos(), IDLE.toNanos()));
    }

    private void take(Pinglist list) {
        Set<Flow> flows = new HashSet<>();
        for (Pinglist.Trace trace : list.traces()) {
            trace.sourcePorts().forEach(port -> flows.add(new Flow(from, trace.target(), port)));
        }
        tasks.removeIf(task -> !flows.contains(task.flow()));
        tasks.forEach(task -> flows.remove(task.flow()));
        longest.keySet().retainAll(flows);
        long now = ticker.nanos();
        flows.forEach(flow -> tasks.add(new Task(flow, now)));
    }

    private List<Asked> ask() {
        List<Asked> asked = new ArrayList<>();
        long now = ticker.nanos();
        for (Task next = tasks.peek();
                next != null && next.due() - now <= 0 && asked.size() < AT_ONCE;
                next = tasks.peek()) {
            tasks.remove();
            for (int ttl = 1; ttl <= MOST_HOPS; ttl++) {
                socket.send(next.flow().to(), next.flow().sourcePort(), ttl, id(asked.size(), ttl));
            }
            asked.add(new Asked(next.flow()));
        }
        return asked;
    }

    /** Which flow and hop a packet was: the identification comes back with the answer. Never 0, which the kernel changes. */
    private static int id(int flow, int ttl) {
        return flow + 1 << 4 | ttl;
    }

    private void listen(List<Asked> asked, Duration time) {
        long end = ticker.nanos() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !closed; left = end - ticker.nanos()) {
            socket.receive(left, (hop, to, port, id) -> {
                int flow = (id >> 4) - 1;
                int ttl = id & 0xF;
                if (flow >= 0 && flow < asked.size() && ttl >= 1 && ttl <= MOST_HOPS) {
                    Asked each = asked.get(flow);
                    if (each.flow.to().equals(to) && each.flow.sourcePort() == port) {
                        each.hops[ttl - 1] = hop;
                    }
                }
            });
        }
    }

    private void done(Asked asked) {
        int known = asked.known();
        // Who answered alone may be the first of several: only a second time shows that there are no more.
        boolean good = known > 0 && known >= longest.getOrDefault(asked.flow, Integer.MAX_VALUE);
        if (known > 0 && told.size() < MOST_TOLD) {
            longest.merge(asked.flow, known, Math::max);
            told.add(asked.path());
        }
        long wait = (good ? AGAIN : SOON).toNanos();
        tasks.add(new Task(asked.flow, ticker.nanos() + (long) (wait * (0.75 + 0.5 * random.nextDouble()))));
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            socket.close();
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
