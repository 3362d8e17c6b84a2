package dev.mayfly.mesh.judge;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When agents were heard, and when not. A pause is remembered, because probes that fell into it say nothing about the network
 * after it is over either.
 */
final class HeardAgents {
    private static final int PAUSES = 32;

    private final Map<String, Heard> agents = new HashMap<>();
    private final long silenceNanos;

    private static final class Heard {
        private final Deque<Pause> pauses = new ArrayDeque<>();
        private long last;

        private Heard(long now) {
            last = now;
        }
    }

    private record Pause(long from, long until) {}

    HeardAgents(Duration silence) {
        this.silenceNanos = silence.toNanos();
    }

    void heard(String agent, long now) {
        heard(agent, now, 0);
    }

    /** @param stalledNanos for how long before now it did not probe, although it could say so */
    void heard(String agent, long now, long stalledNanos) {
        Heard heard = agents.computeIfAbsent(agent, _ -> new Heard(now));
        long ran = Math.min(heard.last, now - stalledNanos);
        if (now - ran > silenceNanos) {
            // A stall that goes on is told again and again.
            Pause before = heard.pauses.peekLast();
            if (before != null && before.until() >= ran) {
                heard.pauses.removeLast();
                ran = Math.min(ran, before.from());
            }
            heard.pauses.addLast(new Pause(ran, now));
            if (heard.pauses.size() > PAUSES) {
                heard.pauses.removeFirst();
            }
        }
        heard.last = now;
    }

    void forget(String agent) {
        agents.remove(agent);
    }

    /** Whether an agent that was ever heard did not run at some time from one moment to another. */
    boolean paused(String agent, long from, long until, long now) {
        Heard heard = agents.get(agent);
        if (heard == null) {
            return true;
        }
        if (now - heard.last > silenceNanos && until > heard.last) {
            return true;
        }
        for (Pause pause : heard.pauses) {
            if (from < pause.until() && until > pause.from()) {
                return true;
            }
        }
        return false;
    }

    /** For how long it was not heard. */
    Optional<Duration> silentFor(String agent, long now) {
        return Optional.ofNullable(agents.get(agent)).map(heard -> Duration.ofNanos(now - heard.last));
    }

    List<String> all() {
        return List.copyOf(agents.keySet());
    }
}
