package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.control.FabricMap;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one judgment says about one component.
 *
 * @param name of the component; of two judgments the same one has the same
 * @param number of it in the fabric of this judgment; -1 for a host
 * @param fault what it does
 * @param probes that crossed it
 * @param bad of them, by which it is blamed
 * @param over how long was looked at, in seconds
 * @param lastBad when the last of these began, on the judge's clock
 * @param candidates other components that explain it as well
 */
public record Blame(
        String name,
        String kind,
        int number,
        Fault fault,
        long probes,
        long bad,
        double over,
        long lastBad,
        List<String> candidates,
        List<IpAddress> cards) {
    public Blame {
        candidates = List.copyOf(candidates);
        cards = List.copyOf(cards);
    }

    /** What a component does wrong. */
    public enum Fault {
        DROPS("drops"),
        CORRUPTS("corrupts"),
        /** A host that answers, late. */
        BUSY("busy"),
        /** A host whose agent is not heard. */
        SILENT("silent");

        private final String word;

        Fault(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        public boolean ofHost() {
            return this == BUSY || this == SILENT;
        }
    }

    static Blame host(String host, Fault fault, long probes, long bad, double over, long lastBad, FabricMap map) {
        List<IpAddress> cards = map.cards().stream()
                .filter(card -> card.host().equals(host))
                .map(card -> card.address())
                .toList();
        return new Blame("host " + host, "host", -1, fault, probes, bad, over, lastBad, List.of(), cards);
    }

    /** Whether nothing else explains it about as well. */
    boolean sure() {
        return candidates.isEmpty();
    }

    /** It and what explains as much. */
    Set<String> suspects() {
        Set<String> all = new HashSet<>(candidates);
        all.add(name);
        return all;
    }

    double share() {
        return probes == 0 ? 0 : (double) bad / probes;
    }

    String why() {
        return switch (fault) {
            case DROPS ->
                "%d of %d probes that crossed it in the last %.0f s were lost (%.1f %%)%s"
                        .formatted(bad, probes, over, 100 * share(), others());
            case CORRUPTS ->
                "%d of %d probes that crossed it in the last %.0f s were lost or came back changed (%.1f %%)%s"
                        .formatted(bad, probes, over, 100 * share(), others());
            case BUSY ->
                "%d of %d probes of this host in the last %.0f s waited within it; the network was not slow"
                        .formatted(bad, probes, over);
            case SILENT -> "its agent was not heard for %.1f s".formatted(over);
        };
    }

    private String others() {
        return candidates.isEmpty() ? "" : "; as likely: " + String.join(", ", candidates);
    }
}
