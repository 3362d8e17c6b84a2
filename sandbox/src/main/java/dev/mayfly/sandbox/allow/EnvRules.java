package dev.mayfly.sandbox.allow;

import java.util.Collection;
import java.util.List;

/** Which environment names a request may set: one pattern of {@code allow} fits and none of {@code deny}. */
public record EnvRules(List<String> allow, List<String> deny) {
    public EnvRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    public boolean permits(String name) {
        return fits(allow, name) && !fits(deny, name);
    }

    /** The names that may not be set, in their given order. */
    public List<String> denied(Collection<String> names) {
        return names.stream().filter(name -> !permits(name)).toList();
    }

    private static boolean fits(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> Wildcard.fits(pattern, name));
    }
}
