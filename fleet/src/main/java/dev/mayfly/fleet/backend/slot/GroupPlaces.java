package dev.mayfly.fleet.backend.slot;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where this machine lets control groups be made.
 *
 * @param v1 controller to the group below which ours go, in hierarchies of their own
 * @param v2 the group below which ours go in the one hierarchy, when that is what limits
 * @param why there is no place for a limit, as far as anybody knows
 */
public record GroupPlaces(Map<String, Path> v1, Optional<Path> v2, String why) {
    static final String MEMORY = "memory";
    static final String PIDS = "pids";

    public GroupPlaces {
        v1 = Map.copyOf(v1);
        Objects.requireNonNull(v2, "v2");
        Objects.requireNonNull(why, "why");
    }

    /** Whether what is hostile can be kept from taking all memory and all numbers of processes. */
    boolean limits() {
        return v2.isPresent() || (v1.containsKey(MEMORY) && v1.containsKey(PIDS));
    }
}
