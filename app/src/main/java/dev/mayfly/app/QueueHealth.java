package dev.mayfly.app;

import dev.mayfly.app.metrics.Metrics;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue.Depth;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** How the queue is, for {@code status} and {@code doctor}. Whatever fails is told as a value. */
final class QueueHealth {
    /**
     * What is looked at.
     *
     * @param engine as it is called in settings: {@code embedded} or {@code nats}
     * @param file of the embedded queue; empty for a server, which doctor examines by itself
     * @param room throws when there is too little of it on disk
     * @param worker that of this process, if it has one
     * @param heard a worker that said nothing for so long is taken for missing
     */
    record Parts(
            String engine,
            Optional<Path> file,
            Supplier<QueueEngine> open,
            Runnable room,
            Supplier<Optional<Metrics.Standing>> worker,
            Duration heard,
            Clock clock) {}

    private final Parts parts;

    QueueHealth(Parts parts) {
        this.parts = parts;
    }

    /** Engine and depth; in place of the depth an {@code error} when it cannot be had. */
    JsonObject queue() {
        JsonObject row = JsonObject.of().with("engine", parts.engine());
        try {
            Depth depth = parts.open().get().queue().depth();
            return row.with("waiting", depth.waiting()).with("out", depth.out()).with("dead_letters", depth.dead());
        } catch (MayflyException e) {
            return row.with("error", told(e));
        }
    }

    /** The worker of this process: {@code state}, and {@code why} it takes no jobs; {@code none} when there is none. */
    JsonObject worker() {
        return parts.worker()
                .get()
                .map(now -> JsonObject.of().with("state", now.state().word()).with("why", now.why()))
                .orElse(JsonObject.of().with("state", "none").with("why", ""));
    }

    /** Lines of doctor's table. */
    List<Capability> capabilities() {
        List<Capability> rows = new ArrayList<>();
        long waiting = 0;
        try {
            Depth depth = parts.open().get().queue().depth();
            waiting = depth.waiting();
            parts.open().get().ledger().newest(1, Optional.empty());
            parts.file().ifPresent(file -> rows.add(embedded(file, depth)));
        } catch (MayflyException e) {
            rows.add(new Capability("queue", CapabilityState.UNAVAILABLE, told(e), e.fix()));
        }
        worker(waiting).ifPresent(rows::add);
        return List.copyOf(rows);
    }

    private Capability embedded(Path file, Depth depth) {
        String evidence = file + " is readable: " + depth.waiting() + " waiting, " + depth.out() + " out, "
                + depth.dead() + " dead letters";
        try {
            parts.room().run();
        } catch (MayflyException e) {
            return new Capability("queue", CapabilityState.DEGRADED, evidence + "; but " + told(e), e.fix());
        }
        return new Capability("queue", CapabilityState.ACTIVE, evidence, "");
    }

    private Optional<Capability> worker(long waiting) {
        Optional<Metrics.Standing> mine = parts.worker().get();
        if (mine.isPresent()) {
            boolean well = mine.get().state().healthy();
            String evidence = "the worker of this service is "
                    + mine.get().state().word()
                    + (mine.get().why().isEmpty() ? "" : ": " + mine.get().why());
            return Optional.of(new Capability(
                    "queue-worker",
                    well ? CapabilityState.ACTIVE : CapabilityState.UNAVAILABLE,
                    evidence,
                    well ? "" : "jobs wait meanwhile; see the log of the service"));
        }
        OptionalInt workers = heard();
        if (workers.isEmpty() || (workers.getAsInt() == 0 && waiting == 0)) {
            // Who has no jobs needs no worker.
            return Optional.empty();
        }
        return Optional.of(
                workers.getAsInt() > 0
                        ? new Capability(
                                "queue-worker",
                                CapabilityState.ACTIVE,
                                workers.getAsInt() + " heard of in the last "
                                        + parts.heard().toSeconds() + " s",
                                "")
                        : new Capability(
                                "queue-worker",
                                CapabilityState.UNAVAILABLE,
                                "jobs wait, and no worker was heard of in the last "
                                        + parts.heard().toSeconds() + " s",
                                "mayfly worker, or mayfly up"));
    }

    private OptionalInt heard() {
        try {
            return parts.open()
                    .get()
                    .ledger()
                    .workersSince(parts.clock().instant().minus(parts.heard()));
        } catch (MayflyException e) {
            return OptionalInt.empty();
        }
    }

    private static String told(MayflyException e) {
        return e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
    }
}
