package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.LocalClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Clients that each have one request under way at any time, for a while, against one service. Its memory is looked at
 * twice a second; "flat" compares the middle of the last third of the samples with that of the second, because in the
 * first a heap is still finding its size.
 */
record SustainedLoad(Series latency, double seconds, int clients, List<Long> residentBytes) {
    private static final long SAMPLE_MILLIS = 500;
    private static final double MEGA = 1 << 20;

    /** What a client does again and again over its own connection. */
    @FunctionalInterface
    interface Request {
        void once(LocalClient connection) throws InterruptedException;
    }

    static SustainedLoad run(ServiceProcess service, Request request, int clients, int seconds)
            throws InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        List<Future<Series>> running = new ArrayList<>();
        List<Long> samples = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> client(service, request, end)));
            }
            for (long now = start; now < end; now = System.nanoTime()) {
                samples.add(service.residentBytes());
                Thread.sleep(Math.clamp(TimeUnit.NANOSECONDS.toMillis(end - now), 1, SAMPLE_MILLIS));
            }
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        samples.add(service.residentBytes());
        Series all = new Series("sustained", "sustained load, " + clients + " clients");
        for (Future<Series> each : running) {
            try {
                all.add(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a client failed: " + e.getCause(), e);
            }
        }
        return new SustainedLoad(all, elapsed, clients, List.copyOf(samples));
    }

    private static Series client(ServiceProcess service, Request request, long end) throws InterruptedException {
        Series times = new Series("client", "client");
        try (LocalClient connection = service.connect()) {
            for (long now = System.nanoTime(); now < end; ) {
                request.once(connection);
                long then = System.nanoTime();
                times.record(then - now);
                now = then;
            }
        }
        return times;
    }

    double jobsPerSecond() {
        return latency.count() / seconds;
    }

    double startMegabytes() {
        return residentBytes.getFirst() / MEGA;
    }

    double endMegabytes() {
        return residentBytes.getLast() / MEGA;
    }

    double mostMegabytes() {
        return residentBytes.stream().mapToLong(Long::longValue).max().orElse(0) / MEGA;
    }

    /** From the second third to the last. */
    double growthMegabytes() {
        int third = residentBytes.size() / 3;
        return (median(residentBytes.subList(residentBytes.size() - Math.max(1, third), residentBytes.size()))
                        - median(residentBytes.subList(third, Math.max(third + 1, 2 * third))))
                / MEGA;
    }

    private static double median(List<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    JsonObject json() {
        return JsonObject.of()
                .with("seconds", Numbers.json(seconds))
                .with("clients", clients)
                .with("jobs", latency.count())
                .with("jobs_per_second", Numbers.json(jobsPerSecond()))
                .with("latency", Numbers.json(latency))
                .with("resident_mb_start", Numbers.json(startMegabytes()))
                .with("resident_mb_end", Numbers.json(endMegabytes()))
                .with("resident_mb_most", Numbers.json(mostMegabytes()))
                .with("resident_mb_growth", Numbers.json(growthMegabytes()))
                .with(
                        "resident_kb",
                        new JsonArray(residentBytes.stream()
                                .map(bytes -> (dev.mayfly.base.json.JsonValue) JsonNumber.of(bytes >> 10))
                                .toList()));
    }
}
