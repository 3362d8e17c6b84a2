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
        Heard heard = agents.computeIfAbsent(agent, _ -> new Heard(now));
        if (now - heard.last > silenceNanos) {
            heard.pauses.addLast(new Pause(heard.last, now));
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
