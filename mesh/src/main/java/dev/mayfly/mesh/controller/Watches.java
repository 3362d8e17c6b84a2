package dev.mayfly.mesh.controller;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to be told that something changed. They are told on the thread of whoever changed it, and only take note. */
final class Watches {
    private final Map<String, List<Runnable>> byKey = new ConcurrentHashMap<>();

    /** @return ends it */
    Runnable add(String key, Runnable watcher) {
        byKey.computeIfAbsent(key, _ -> new CopyOnWriteArrayList<>()).add(watcher);
        return () -> byKey.computeIfPresent(key, (_, watchers) -> {
            watchers.remove(watcher);
            return watchers.isEmpty() ? null : watchers;
        });
    }

    void tell(Set<String> keys) {
        keys.forEach(key -> byKey.getOrDefault(key, List.of()).forEach(Runnable::run));
    }

    int count() {
        return byKey.values().stream().mapToInt(List::size).sum();
    }
}
