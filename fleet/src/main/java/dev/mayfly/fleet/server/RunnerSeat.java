package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
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

    RunnerSeat(RunnerRecord record, long now) {
        this.record = record;
        this.idleSince = now;
    }
}
