package dev.mayfly.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.log.LogEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Who has which environment now. Whoever's process has ended is not in it any more. Safe for concurrent use. */
public final class Mounts implements AutoCloseable {
    private final Supplier<List<ActiveMount>> others;
    private final Log log;
    private final Map<String, Entry> entries = new LinkedHashMap<>(); // by name of the runtime; guarded by this

    private record Entry(ActiveMount mount, Runnable end) {}

    /** @param others environments that are in use and were not added here, such as what a service before this one gave */
    public Mounts(Supplier<List<ActiveMount>> others, Log log) {
        this.others = others;
        this.log = log;
    }

    /**
     * @param end run once, when the process has ended or the service does
     * @throws MayflyException {@code CONFLICT} when a living runtime has the name
     */
    public void add(ActiveMount mount, Runnable end) {
        sweep();
        synchronized (this) {
            Entry there = entries.putIfAbsent(mount.runtimeName(), new Entry(mount, end));
            if (there != null) {
                throw new MayflyException(
                        ErrorCode.CONFLICT,
                        "runtime " + mount.runtimeName() + " is there already",
                        "process " + there.mount().root().pid() + " has it",
                        "take another name, or leave the choice to the service");
            }
        }
        event("mounted", mount);
    }

    /** Takes those out whose process has ended. */
    public void sweep() {
        List<Entry> ended = new ArrayList<>();
        synchronized (this) {
            entries.values().removeIf(entry -> {
                boolean gone = !entry.mount().root().isAlive();
                if (gone) {
                    ended.add(entry);
                }
                return gone;
            });
        }
        ended.forEach(this::end);
    }

    private void end(Entry entry) {
        event("ended", entry.mount());
        entry.end().run();
    }

    /** Oldest first. */
    public List<ActiveMount> active() {
        sweep();
        List<ActiveMount> all = new ArrayList<>();
        synchronized (this) {
            entries.values().forEach(entry -> all.add(entry.mount()));
        }
        Set<String> names = all.stream().map(ActiveMount::runtimeName).collect(Collectors.toSet());
        others.get().stream()
                .filter(each -> !names.contains(each.runtimeName()))
                .forEach(all::add);
        all.sort(Comparator.comparing(ActiveMount::since));
        return all;
    }

    private void event(String what, ActiveMount mount) {
        LogEvent event = log.info()
                .with("root_pid", mount.root().pid())
                .with("env_spec", mount.envSpec())
                .with("editable", mount.editable())
                .with("runtime_name", mount.runtimeName());
        event.log(what);
    }

    /** Lets go of everything; the processes go on. */
    @Override
    public void close() {
        List<Entry> all;
        synchronized (this) {
            all = List.copyOf(entries.values());
            entries.clear();
        }
        all.forEach(entry -> entry.end().run());
    }
}
