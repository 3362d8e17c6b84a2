package dev.mayfly.mesh.otlp;

import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Pushes metrics at once and then again and again, on a thread of its own. A collector that is not there costs a warning, once
 * for each cause, and is tried again the next time.
 */
public final class MetricPush implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Collector to;
    private final Duration every;
    private final Parts parts;
    private final MetricWords words;
    private final Sender sender;
    private final Thread thread;
    private String trouble = "";
    private volatile boolean closed;

    /**
     * What is pushed.
     *
     * @param metrics as they stand when they are asked for, from any thread
     * @param resource who says so: {@code service.name} and the like
     */
    public record Parts(Supplier<List<Metric>> metrics, Map<String, String> resource, Clock clock, Log log) {
        public Parts {
            resource = Map.copyOf(resource);
        }
    }

    private MetricPush(Collector to, Duration every, Parts parts) {
        this.to = to;
        this.every = every;
        this.parts = parts;
        words = new MetricWords(parts.resource(), parts.clock().instant());
        sender = to.scheme().grpc() ? new GrpcSender(to, PATIENCE) : new HttpSender(to, PATIENCE);
        thread = Thread.ofVirtual().name("mesh-otlp").start(this::pushAlways);
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code CERTIFICATE_UNUSABLE} */
    public static MetricPush start(Collector to, Duration every, Parts parts) {
        return new MetricPush(to, every, parts);
    }

    private void pushAlways() {
        try {
            while (!closed) {
                push();
                Thread.sleep(every);
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void push() throws InterruptedException {
        String said;
        try {
            said = sender.send(
                    words.message(parts.metrics().get(), parts.clock().instant()));
        } catch (IOException e) {
            said = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        if (said.equals(trouble)) {
            return;
        }
        trouble = said;
        if (said.isEmpty()) {
            parts.log().info().with("collector", to).log("the collector takes metrics again");
        } else {
            parts.log().warn().with("collector", to).with("why", said).log("metrics are not pushed");
        }
    }

    /** What is on its way is cut off; the collector has had all but the last moments. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(PATIENCE.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
