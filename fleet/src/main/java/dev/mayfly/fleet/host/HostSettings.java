package dev.mayfly.fleet.host;

import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.schedule.Offer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * @param boots how many machines may boot at once
 * @param standing how many machines shall stand ready, by size; 0 of a size only saves one, from which others are restored
 * @param starts the file that says how long starts have taken; empty when nobody wants to know
 */
public record HostSettings(
        String hostname, Offer offer, int boots, Map<ResourceType, Integer> standing, Optional<Path> starts) {
    public HostSettings {
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(offer, "offer");
        Objects.requireNonNull(starts, "starts");
        standing = Map.copyOf(standing);
        if (boots < 1) {
            throw new IllegalArgumentException("at least one machine boots at a time");
        }
        if (standing.values().stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("no less than no machine can stand ready");
        }
    }

    public HostSettings(String hostname, Offer offer, int boots, Map<ResourceType, Integer> standing) {
        this(hostname, offer, boots, standing, Optional.empty());
    }

    /** Nothing is made before somebody wants it. */
    public HostSettings(String hostname, Offer offer, int boots) {
        this(hostname, offer, boots, Map.of());
    }
}
