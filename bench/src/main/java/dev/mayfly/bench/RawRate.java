package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** How often a thing can be done in a second when so many do it at once, each one after the other. */
record RawRate(String id, String name, int clients, double perSecond) {
    /** @param works one for each client */
    static RawRate measure(String id, String name, List<Contender.Work> works, long millis)
            throws InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
        long done = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(works.size())) {
            List<Future<Long>> running = new ArrayList<>();
            for (Contender.Work work : works) {
                running.add(threads.submit(() -> repeat(work, end)));
            }
            for (Future<Long> each : running) {
                done += each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(name + " failed: " + e.getCause(), e);
        }
        return new RawRate(id, name, works.size(), done / ((System.nanoTime() - start) / 1e9));
    }

    private static long repeat(Contender.Work work, long end) throws InterruptedException {
        long done = 0;
        while (System.nanoTime() < end) {
            work.once();
            done++;
        }
        return done;
    }

    JsonObject json() {
        return JsonObject.of()
                .with("id", id)
                .with("name", name)
                .with("clients", clients)
                .with("per_second", Numbers.json(perSecond));
    }
}
