package dev.mayfly.queue.fake;

import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.JobLedger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Rows with compare and set. Can be watched, to hold that each change of a row is one that the protocol allows. */
public final class MemoryLedger implements JobLedger {
    private final Map<JobId, JobEntry> rows = new TreeMap<>();
    private final Map<String, Long> beats = new HashMap<>();
    private BiConsumer<Optional<JobEntry>, JobEntry> watcher = (_, _) -> {};
    private Runnable afterBeat = () -> {};

    /** Is told of each change, with what was there before. */
    public synchronized void watch(BiConsumer<Optional<JobEntry>, JobEntry> by) {
        watcher = by;
    }

    /** Does this after each beat. */
    public synchronized void afterBeat(Runnable then) {
        afterBeat = then;
    }

    @Override
    public synchronized Optional<JobEntry> find(JobId id) {
        return Optional.ofNullable(rows.get(id));
    }

    @Override
    public synchronized Optional<JobEntry> store(JobEntry entry) {
        Optional<JobEntry> before = find(entry.id());
        if (before.map(JobEntry::version).orElse(0L) != entry.version()) {
            return Optional.empty();
        }
        JobEntry kept = entry.stored(entry.version() + 1);
        watcher.accept(before, kept);
        rows.put(entry.id(), kept);
        return Optional.of(kept);
    }

    public synchronized List<JobEntry> all() {
        return List.copyOf(rows.values());
    }

    @Override
    public synchronized List<JobEntry> newest(int most, Optional<JobState> state) {
        return rows.values().stream()
                .filter(row -> state.isEmpty() || row.state() == state.get())
                .sorted(Comparator.comparing(JobEntry::changedAt).reversed())
                .limit(most)
                .toList();
    }

    @Override
    public synchronized List<JobEntry> startingWith(String prefix, int most) {
        return rows.values().stream()
                .filter(row -> row.id().value().startsWith(prefix))
                .limit(most)
                .toList();
    }

    @Override
    public synchronized void beat(Epoch epoch, long number) {
        Long before = beats.put(epoch.id(), number);
        if (before != null && before == number) {
            throw new IllegalArgumentException("the same beat twice: " + number);
        }
        afterBeat.run();
    }

    @Override
    public synchronized OptionalLong lastBeat(Epoch epoch) {
        Long number = beats.get(epoch.id());
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    @Override
    public synchronized int forgetBefore(Instant time) {
        List<JobId> old = new ArrayList<>();
        rows.values().stream()
                .filter(row -> row.state().isFinal() && row.changedAt().isBefore(time))
                .forEach(row -> old.add(row.id()));
        old.forEach(rows::remove);
        return old.size();
    }

    @Override
    public void close() {}
}
