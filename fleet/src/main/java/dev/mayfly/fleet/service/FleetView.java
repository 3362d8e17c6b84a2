package dev.mayfly.fleet.service;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.FleetLedger.Change;
import dev.mayfly.fleet.server.RunnerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What a server knows, for those who only look. Written by its owner's thread, change by change, so that nobody copies fifty
 * thousand runners for each of them; read by all.
 */
public final class FleetView {
    private final Map<RunnerId, RunnerRecord> runners = new ConcurrentHashMap<>();
    private final Map<RunnerName, List<Consumer<RunnerRecord>>> watchers = new ConcurrentHashMap<>();
    private final Map<AgentId, AgentView> agents = new ConcurrentHashMap<>();

    FleetView(List<RunnerRecord> runners, List<AgentView> agents) {
        runners.forEach(runner -> this.runners.put(runner.id(), runner));
        agents.forEach(agent -> this.agents.put(agent.record().id(), agent));
    }

    /** @return whether any runner has changed */
    boolean take(List<Change> changes) {
        boolean changed = false;
        for (Change change : changes) {
            if (change instanceof Change.Runner(RunnerRecord record)) {
                runners.put(record.id(), record);
                watchers.getOrDefault(record.name(), List.of()).forEach(watcher -> watcher.accept(record));
                changed = true;
            } else if (change instanceof Change.RunnerForgotten(RunnerId id)) {
                runners.remove(id);
                changed = true;
            }
        }
        return changed;
    }

    /** @param changed empty for those that are not known any more */
    void agents(Map<AgentId, Optional<AgentView>> changed) {
        changed.forEach((id, now) -> now.ifPresentOrElse(view -> agents.put(id, view), () -> agents.remove(id)));
    }

    /** In no order. */
    public List<RunnerRecord> runners() {
        return List.copyOf(runners.values());
    }

    public Optional<RunnerRecord> runner(RunnerId id) {
        return Optional.ofNullable(runners.get(id));
    }

    /** In no order. */
    public List<AgentView> agents() {
        return List.copyOf(agents.values());
    }

    public Optional<AgentView> agent(AgentId id) {
        return Optional.ofNullable(agents.get(id));
    }

    /** How many runners are not gone. */
    public int living() {
        int count = 0;
        for (RunnerRecord runner : runners.values()) {
            count += runner.gone() ? 0 : 1;
        }
        return count;
    }

    /** All that a word can mean: the id, else the name (one that is not gone before those that are), else the beginning of ids. */
    public List<RunnerRecord> called(String word) {
        List<RunnerRecord> named = new ArrayList<>();
        List<RunnerRecord> begun = new ArrayList<>();
        for (RunnerRecord runner : runners.values()) {
            if (runner.id().value().equals(word)) {
                return List.of(runner);
            }
            if (runner.name().value().equals(word)) {
                named.add(runner);
            } else if (runner.id().value().startsWith(word)) {
                begun.add(runner);
            }
        }
        if (named.isEmpty()) {
            return begun;
        }
        List<RunnerRecord> living =
                named.stream().filter(runner -> !runner.gone()).toList();
        // Of several that had the name and are gone, the last one is meant.
        return living.isEmpty()
                ? named.stream().max(java.util.Comparator.comparing(RunnerRecord::since)).stream()
                        .toList()
                : living;
    }

    /**
     * Each change of whatever runner has this name.
     *
     * @param watcher called by the server's thread; must not block
     * @return ends it
     */
    public Runnable watch(RunnerName name, Consumer<RunnerRecord> watcher) {
        watchers.compute(name, (_, before) -> {
            List<Consumer<RunnerRecord>> all = before == null ? new CopyOnWriteArrayList<>() : before;
            all.add(watcher);
            return all;
        });
        return () -> watchers.computeIfPresent(name, (_, all) -> {
            all.remove(watcher);
            return all.isEmpty() ? null : all;
        });
    }
}
