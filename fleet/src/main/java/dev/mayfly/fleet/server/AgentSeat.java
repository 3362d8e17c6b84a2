package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.schedule.Health;
import dev.mayfly.fleet.schedule.Host;
import dev.mayfly.fleet.schedule.Offer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An agent in the server's memory. Owned by {@link FleetCore}. */
final class AgentSeat {
    private AgentRecord record;
    private Offer offer = Offer.of(0, 0, 0);
    private boolean draining;
    private OptionalLong link = OptionalLong.empty();
    private long lastNumber;
    private long lastHeard;
    private Health health = Health.SUSPECT;
    private final Map<Attempt, ResourceType> placed = new HashMap<>();
    private Map<Attempt, ResourceType> reported = Map.of();
    private @Nullable Host host; // as the scheduler sees it; null when something has changed

    /** Silence is counted from here, also for an agent that an earlier server knew. */
    AgentSeat(AgentRecord record, long now) {
        this.record = record;
        this.lastHeard = now;
    }

    AgentId id() {
        return record.id();
    }

    AgentRecord record() {
        return record;
    }

    OptionalLong link() {
        return link;
    }

    Health health() {
        return health;
    }

    Set<Attempt> placed() {
        return placed.keySet();
    }

    boolean speaksThrough(long candidate) {
        return link.isPresent() && link.getAsLong() == candidate;
    }

    void connected(AgentRecord newRecord, long newLink, Offer newOffer, long now) {
        record = newRecord;
        link = OptionalLong.of(newLink);
        lastNumber = 0;
        offer = newOffer;
        lastHeard = now;
        health = Health.ONLINE;
        host = null;
    }

    void replace(AgentRecord newRecord) {
        record = newRecord;
        host = null;
    }

    void disconnected() {
        link = OptionalLong.empty();
        health = Health.SUSPECT;
        host = null;
    }

    /** @return false for a report that a later one has overtaken, or that is of another session */
    boolean takes(AgentReport report, long now) {
        if (report.session() != record.session() || report.number() <= lastNumber) {
            return false;
        }
        lastNumber = report.number();
        lastHeard = now;
        health = Health.ONLINE;
        offer = report.offer();
        draining = report.draining();
        Map<Attempt, ResourceType> all = new HashMap<>();
        for (RunnerReport runner : report.runners()) {
            if (runner.state() != RunnerState.GONE) {
                all.put(runner.attempt(), runner.type());
            }
        }
        reported = all;
        host = null;
        return true;
    }

    void look(long now, ServerSettings settings) {
        Duration silent = Duration.ofNanos(now - lastHeard);
        Health seen = silent.compareTo(settings.lostAfter()) >= 0
                ? Health.LOST
                : silent.compareTo(settings.suspectAfter()) >= 0 || link.isEmpty() ? Health.SUSPECT : Health.ONLINE;
        if (seen != health) {
            health = seen;
            host = null;
        }
    }

    void place(Attempt attempt, ResourceType type) {
        placed.put(attempt, type);
        host = null;
    }

    void unplace(Attempt attempt) {
        placed.remove(attempt);
        host = null;
    }

    /** Room is taken by what was placed there, and by whatever the host still has. */
    Host host() {
        Host known = host;
        if (known == null) {
            Map<Attempt, ResourceType> all = new HashMap<>(reported);
            all.putAll(placed);
            long memory =
                    all.values().stream().mapToLong(ResourceType::memoryBytes).sum();
            known = new Host(id(), health, draining || record.drained(), offer, all.size(), memory);
            host = known;
        }
        return known;
    }
}
