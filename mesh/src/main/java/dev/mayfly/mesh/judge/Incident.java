package dev.mayfly.mesh.judge;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A component that is, or was, at fault.
 *
 * @param component its name
 * @param kind card, link, cable, switch or host
 * @param loss share of its probes by which it is blamed
 * @param services whose flows cross it, in words
 * @param suspected when the first judgment had it, or what became it, as a suspicion
 */
public record Incident(
        long id,
        String component,
        String kind,
        Blame.Fault fault,
        Priority priority,
        String why,
        double loss,
        List<String> candidates,
        List<String> cards,
        List<String> services,
        Instant suspected,
        Instant opened,
        Optional<Instant> closed) {
    public Incident {
        candidates = List.copyOf(candidates);
        cards = List.copyOf(cards);
        services = List.copyOf(services);
    }

    /** How soon somebody should look. */
    public enum Priority {
        /** Flows of a service cross what loses or changes frames. */
        P0(0),
        /** A tenth or more of what crosses it is lost. */
        P1(1),
        P2(2);

        private final int number;

        Priority(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    public boolean open() {
        return closed.isEmpty();
    }

    Incident closedAt(Instant now) {
        return new Incident(
                id,
                component,
                kind,
                fault,
                priority,
                why,
                loss,
                candidates,
                cards,
                services,
                suspected,
                opened,
                Optional.of(now));
    }
}
