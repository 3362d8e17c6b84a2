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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
    private long lastWhole; // number of the last report of this session that said all
    private List<RunnerReport> runners = List.of(); // what it said
    private Set<Attempt> mentioned = Set.of(); // of whom it said that
    private OptionalLong renewedAt = OptionalLong.empty(); // in this session
    private @Nullable Host host; // as the scheduler sees it; null when something has changed
    private final Set<AgentSeat> touched;

    /**
     * Silence is counted from here, also for an agent that an earlier server knew.
     *
     * @param touched is told of every change
     */
    AgentSeat(AgentRecord record, long now, Set<AgentSeat> touched) {
        this.record = record;
        this.touched = touched;
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
        lastWhole = 0;
        renewedAt = OptionalLong.empty();
        offer = newOffer;
        lastHeard = now;
        health = Health.ONLINE;
        touch();
    }

    void replace(AgentRecord newRecord) {
        record = newRecord;
        touch();
    }

    void disconnected() {
        link = OptionalLong.empty();
        health = Health.SUSPECT;
        touch();
    }

    private void touch() {
        host = null;
        touched.add(this);
    }

    /** @return false for a report that a later one has overtaken, or that is of another session */
    boolean takes(AgentReport report, long now) {
        if (report.session() != record.session() || report.number() <= lastNumber) {
            return false;
        }
        lastNumber = report.number();
        lastHeard = now;
        if (health != Health.ONLINE) {
            health = Health.ONLINE;
            touch();
        }
        if (report.saysAll()) {
            takesAll(report);
        }
        return true;
    }

    private void takesAll(AgentReport report) {
        lastWhole = report.number();
        runners = report.runners();
        offer = report.offer();
        draining = report.draining();
        Set<Attempt> attempts = HashSet.newHashSet(runners.size());
        runners.forEach(runner -> attempts.add(runner.attempt()));
        mentioned = attempts;
        touch();
    }

    /** Placed there, and not in what it said; in order, so that one seed tells one story. */
    List<Attempt> missing() {
        List<Attempt> missing = new ArrayList<>();
        for (Attempt attempt : placed.keySet()) {
            if (!mentioned.contains(attempt)) {
                missing.add(attempt);
            }
        }
        missing.sort(Comparator.naturalOrder());
        return missing;
    }

    /** Whether it is to be told again for how long it may keep what has not started, and what of it was heard. */
    boolean renewedLongAgo(long now, Duration time) {
        boolean longAgo = renewedAt.isEmpty() || now - renewedAt.getAsLong() >= time.toNanos();
        if (longAgo) {
            renewedAt = OptionalLong.of(now);
        }
        return longAgo;
    }

    /** Number of the last report of this session that said all. */
    long lastWhole() {
        return lastWhole;
    }

    /** What the host has, as it said in that report. */
    List<RunnerReport> runners() {
        return runners;
    }

    void look(long now, ServerSettings settings) {
        Duration silent = Duration.ofNanos(now - lastHeard);
        Health seen = silent.compareTo(settings.lostAfter()) >= 0
                ? Health.LOST
                : silent.compareTo(settings.suspectAfter()) >= 0 || link.isEmpty() ? Health.SUSPECT : Health.ONLINE;
        if (seen != health) {
            health = seen;
            touch();
        }
    }

    void place(Attempt attempt, ResourceType type) {
        placed.put(attempt, type);
        touch();
    }

    void unplace(Attempt attempt) {
        placed.remove(attempt);
        touch();
    }

    /** Room is taken by what was placed there, and by whatever the host still has. */
    Host host() {
        Host known = host;
        if (known == null) {
            int count = placed.size();
            long memory = 0;
            for (ResourceType type : placed.values()) {
                memory += type.memoryBytes();
            }
            for (RunnerReport runner : runners) {
                if (runner.state() != RunnerState.GONE && !placed.containsKey(runner.attempt())) {
                    count++;
                    memory += runner.type().memoryBytes();
                }
            }
            known = new Host(id(), health, draining || record.drained(), offer, count, memory);
            host = known;
        }
        return known;
    }
}
