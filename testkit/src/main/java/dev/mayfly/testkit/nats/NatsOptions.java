package dev.mayfly.testkit.nats;

import java.time.Duration;

/**
 * How a {@link NatsServer} is started.
 *
 * @param jetStream further lines of the block on JetStream, for example {@code sync_interval: always}
 * @param config further lines of its configuration, for example {@code max_payload: 65536}
 * @param monitored whether it opens its monitoring port
 * @param within the longest that it may take to be ready
 */
public record NatsOptions(String jetStream, String config, boolean monitored, Duration within) {
    /** JetStream with the defaults of the server. */
    public static NatsOptions plain() {
        return new NatsOptions("", "", false, Duration.ofSeconds(20));
    }

    public NatsOptions jetStream(String lines) {
        return new NatsOptions(lines, config, monitored, within);
    }

    public NatsOptions config(String lines) {
        return new NatsOptions(jetStream, lines, monitored, within);
    }

    public NatsOptions withMonitor() {
        return new NatsOptions(jetStream, config, true, within);
    }

    public NatsOptions readyWithin(Duration time) {
        return new NatsOptions(jetStream, config, monitored, time);
    }
}
