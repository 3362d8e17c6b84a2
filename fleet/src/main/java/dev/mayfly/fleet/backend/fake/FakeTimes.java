package dev.mayfly.fleet.backend.fake;

import java.time.Duration;

/** How long a machine takes for each step of its life. */
public record FakeTimes(Duration cloning, Duration booting, Duration working) {
    public static final FakeTimes NONE = new FakeTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
