package dev.mayfly.mesh.trace;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.trace.TracedPath.End;
import dev.mayfly.mesh.trace.TracedPath.Hop;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the ways of several source ports at once: one router further each round, for all ports that have not ended. So at most
 * one probe of a port is waited for, and a router that quotes only the ports of what it dropped is understood all the same.
 */
public final class PathTrace {
    /** Routers limit how often they answer (Linux: net.ipv4.icmp_ratelimit), so later tries wait longer. */
    private static final List<Duration> TRIES =
            List.of(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(500));

    private static final int SILENT_ROUNDS = 3;
    private static final long TURN_NANOS = 5_000_000;

    private final Hops hops;
    private final IpAddress target;
    private final Ticker ticker;
    private final Map<Integer, Way> ways = new TreeMap<>();
    private final List<Integer> ports;
    private final Hops.Answers heard = new Heard();

    private static final class Way {
        private final List<Hop> hops = new ArrayList<>();
        private End end = End.SILENT;
        private boolean over;
        private boolean heard;
    }

    public PathTrace(Hops hops, IpAddress target, List<Integer> ports, Ticker ticker) {
        this.hops = hops;
        this.target = target;
        this.ports = List.copyOf(ports);
        this.ticker = ticker;
        ports.forEach(port -> ways.put(port, new Way()));
    }

    /**
     * Finds them.
     *
     * @param mostHops after which a way is given up
     * @throws InterruptedException when the thread is interrupted in between
     */
    public List<TracedPath> run(int mostHops) throws InterruptedException {
        int silentRounds = 0;
        for (int limit = 1; limit <= mostHops && silentRounds < SILENT_ROUNDS && anyOpen(); limit++) {
            silentRounds = round(limit) ? 0 : silentRounds + 1;
        }
        List<TracedPath> paths = new ArrayList<>();
        ways.forEach((port, way) -> paths.add(new TracedPath(port, withoutSilentEnd(way), way.end)));
        return paths;
    }

    private boolean anyOpen() {
        return ways.values().stream().anyMatch(way -> !way.over);
    }

    /** Whether anything was heard. */
    private boolean round(int limit) throws InterruptedException {
        for (Way way : ways.values()) {
            if (!way.over) {
                way.hops.add(Hop.SILENT);
                way.heard = false;
            }
        }
        for (int attempt = 0; attempt < TRIES.size() && anyWaiting(); attempt++) {
            for (int i = 0; i < ports.size(); i++) {
                Way way = way(ports.get(i));
                if (!way.over && !way.heard) {
                    hops.send(ports.get(i), limit, number(i, attempt, limit));
                }
            }
            long end = ticker.nanos() + TRIES.get(attempt).toNanos();
            while (anyWaiting() && ticker.nanos() < end) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("told to stop");
                }
                hops.receive(heard, TURN_NANOS);
            }
        }
        return ways.values().stream().anyMatch(way -> way.heard);
    }

    private boolean anyWaiting() {
        return ways.values().stream().anyMatch(way -> !way.over && !way.heard);
    }

    /** Another for each try, so that an answer is timed from the try that it answers. */
    private static long number(int portIndex, int attempt, int limit) {
        return (long) portIndex << 16 | (long) attempt << 8 | limit;
    }

    private Way way(int port) {
        Way way = ways.get(port);
        if (way == null) {
            throw new IllegalArgumentException("port " + port + " is not traced");
        }
        return way;
    }

    /** Where nothing came from to the last is not part of the way, but that it ended silent. */
    private static List<Hop> withoutSilentEnd(Way way) {
        int end = way.hops.size();
        while (end > 0 && way.hops.get(end - 1).address().isEmpty()) {
            end--;
        }
        return way.hops.subList(0, end);
    }

    private final class Heard implements Hops.Answers {
        @Override
        public void dropped(int sourcePort, long number, IpAddress by, boolean expired, long nanos) {
            Way way = ways.get(sourcePort);
            if (way == null) {
                return;
            }
            int limit = number == Hops.UNKNOWN ? way.hops.size() : (int) (number & 0xFF);
            if (!expired && !by.equals(target)) {
                undelivered(way, by, nanos);
            } else if (note(way, limit, by, nanos) && !expired) {
                way.over = true;
                way.end = End.NOBODY_THERE;
            }
        }

        /** Who cannot deliver says so of any probe that gets there, so it does not show how far away that is. */
        private void undelivered(Way way, IpAddress by, long nanos) {
            if (way.over) {
                return;
            }
            List<Hop> known = new ArrayList<>(withoutSilentEnd(way));
            if (known.isEmpty() || !known.getLast().address().equals(Optional.of(by))) {
                known.add(new Hop(Optional.of(by), nanos));
            }
            way.hops.clear();
            way.hops.addAll(known);
            way.heard = true;
            way.over = true;
            way.end = End.UNREACHABLE;
        }

        @Override
        public void answered(long number, long nanos) {
            long index = number >> 16;
            if (index < 0 || index >= ports.size()) {
                return;
            }
            Way way = way(ports.get((int) index));
            if (note(way, (int) (number & 0xFF), target, nanos)) {
                way.over = true;
                way.end = End.ANSWERED;
            }
        }

        /** Whether it is news about this round; what comes late fills its gap. */
        private boolean note(Way way, int limit, IpAddress by, long nanos) {
            if (limit < 1 || limit > way.hops.size() || way.over) {
                return false;
            }
            if (way.hops.get(limit - 1).address().isEmpty()) {
                way.hops.set(limit - 1, new Hop(Optional.of(by), nanos));
            }
            boolean now = limit == way.hops.size();
            way.heard |= now;
            return now;
        }
    }
}
