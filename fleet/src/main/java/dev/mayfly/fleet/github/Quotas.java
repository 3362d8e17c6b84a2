package dev.mayfly.fleet.github;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many runners an owner of repositories may have at once.
 *
 * @param each of those who are not named
 * @param named without regard to case, as GitHub takes names
 */
public record Quotas(int each, Map<String, Integer> named) {
    public Quotas {
        Map<String, Integer> lower = new TreeMap<>();
        named.forEach((owner, most) -> lower.put(owner.toLowerCase(Locale.ROOT), most));
        named = Map.copyOf(lower);
        if (each < 0 || named.values().stream().anyMatch(most -> most < 0)) {
            throw new IllegalArgumentException("nobody can have less than no runner");
        }
    }

    int of(String owner) {
        return named.getOrDefault(owner.toLowerCase(Locale.ROOT), each);
    }

    /** Why one more is too much; empty when it is not. */
    Optional<String> refusal(String owner, long has) {
        return has < of(owner)
                ? Optional.empty()
                : Optional.of(
                        owner + " has " + has + " of " + of(owner) + " runners, and waits for one of them to end");
    }
}
