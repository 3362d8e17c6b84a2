package dev.mayfly.env.server;

import java.time.Duration;

/**
 * What clients may ask for at most.
 *
 * @param sessions that write, at a time
 * @param idle after this time without use a session is given up
 * @param objectBytes of one object
 * @param payloadBytes of one payload
 * @param stall how long a client may take to send or take the next piece
 */
public record ServerLimits(int sessions, Duration idle, int objectBytes, long payloadBytes, Duration stall) {
    public static final ServerLimits USUAL =
            new ServerLimits(64, Duration.ofMinutes(10), 256 << 20, 1L << 40, Duration.ofSeconds(60));
}
