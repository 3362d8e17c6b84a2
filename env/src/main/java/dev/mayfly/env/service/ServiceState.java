package dev.mayfly.env.service;

import java.time.Duration;
import java.util.List;

/** What a service says of itself. */
public record ServiceState(long pid, String version, Duration uptime, List<ActiveMount> mounts, CacheCounts cache) {
    public ServiceState {
        mounts = List.copyOf(mounts);
    }
}
