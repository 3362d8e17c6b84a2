package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.LocalClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A job that writes a lot, and how much memory the service takes for it beyond what it had before. */
record Flood(int megabytes, double seconds, double idleMegabytes, double mostMegabytes) {
    private static final double MEGA = 1 << 20;
    private static final long LOOK_MILLIS = 5;

    /** The default policy, with time enough for a slow machine. */
    private static final String POLICY = """
            version: 1
            limits:
              cpu_ms: 60000
              wall_sec: 60
            grading:
              rules: []
              thresholds: {green: "<=20", yellow: "21..=60", red: ">=61"}
            """;

    static Flood run(ServiceProcess service, Path scratch, int megabytes) throws IOException, InterruptedException {
        Path policy = Files.writeString(scratch.resolve("flood.policy.yml"), POLICY);
        JsonObject parameters =
                JsonObject.of().with("policy", policy.toString()).with("timeout_sec", 60);
        byte[] request = ServiceProcess.request("head -c " + megabytes + "M /dev/zero");
        long idle = service.residentBytes();
        AtomicLong most = new AtomicLong(idle);
        AtomicBoolean done = new AtomicBoolean();
        Thread watcher = Thread.ofPlatform().start(() -> watch(service, most, done));
        long start = System.nanoTime();
        try (LocalClient client = service.connect()) {
            ServiceProcess.exec(client, request, parameters);
        } finally {
            done.set(true);
            watcher.join();
        }
        return new Flood(megabytes, (System.nanoTime() - start) / 1e9, idle / MEGA, most.get() / MEGA);
    }

    private static void watch(ServiceProcess service, AtomicLong most, AtomicBoolean done) {
        while (!done.get()) {
            most.accumulateAndGet(service.residentBytes(), Math::max);
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    double aboveIdle() {
        return mostMegabytes - idleMegabytes;
    }

    JsonObject json() {
        return JsonObject.of()
                .with("output_mb", megabytes)
                .with("seconds", Numbers.json(seconds))
                .with("idle_mb", Numbers.json(idleMegabytes))
                .with("most_mb", Numbers.json(mostMegabytes))
                .with("above_idle_mb", Numbers.json(aboveIdle()));
    }
}
