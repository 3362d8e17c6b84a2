package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A runner in the server's memory: its record, and what may be lost with the process. Owned by {@link FleetCore}. */
final class RunnerSeat {
    /** Replaced through {@link Book#put} only. */
    RunnerRecord record;

    /** Calls that wait for it to be ready, and when their patience is over. */
    final Map<Long, Long> adders = new LinkedHashMap<>();

    /** Calls that wait for it to be gone, likewise. */
    final Map<Long, Long> deleters = new LinkedHashMap<>();

    /** Hosts on which it came to nothing. */
    final Set<AgentId> failedOn = new HashSet<>();

    /** Whether its host has reported the present attempt. */
    boolean seen;

    /** On the server's ticker: since when nobody waits for it, or it is gone. */
    long idleSince;

    /** On the server's ticker: when it was wished for, placed last, and its machine seen to be started. */
    final long wishedAt;

    OptionalLong placedAt = OptionalLong.empty();
    OptionalLong bootingAt = OptionalLong.empty();

    RunnerSeat(RunnerRecord record, long now) {
        this.wishedAt = now;
        this.record = record;
        this.idleSince = now;
    }

    /** Whether anything is to be decided about it when time passes. */
    boolean isLively() {
        return !adders.isEmpty() || !deleters.isEmpty() || !record.gone() && !record.permitted() && !record.unwanted();
    }

    void placed(long now) {
        placedAt = OptionalLong.of(now);
        bootingAt = OptionalLong.empty();
        seen = false;
    }

    /** Empty when it was placed by an earlier server. */
    Optional<StartTimes> times(long now) {
        if (placedAt.isEmpty()) {
            return Optional.empty();
        }
        long placed = placedAt.getAsLong();
        long booting = bootingAt.orElse(placed);
        return Optional.of(new StartTimes(
                Duration.ofNanos(placed - wishedAt),
                Duration.ofNanos(booting - placed),
                Duration.ofNanos(now - booting),
                Duration.ofNanos(now - wishedAt)));
    }
}
