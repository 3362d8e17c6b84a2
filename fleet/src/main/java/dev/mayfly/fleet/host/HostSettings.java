package dev.mayfly.fleet.host;

import dev.mayfly.fleet.schedule.Offer;
import java.util.Objects;

/** @param boots how many machines may boot at once */
public record HostSettings(String hostname, Offer offer, int boots) {
    public HostSettings {
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(offer, "offer");
        if (boots < 1) {
            throw new IllegalArgumentException("at least one machine boots at a time");
        }
    }
}
