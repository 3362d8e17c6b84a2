package dev.mayfly.fleet.backend.machine;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.ssh.SshDoor;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;

/**
 * With what one speaks with the guests of one back end.
 *
 * @param user who logs in
 */
public record Guests(SshDoor door, String user, SecureRandom random, Clock clock, Ticker ticker) {
    public Guests {
        Objects.requireNonNull(door, "door");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(random, "random");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(ticker, "ticker");
    }

    public static Guests of(String user, Ticker ticker) {
        return new Guests(SshDoor.open(), user, new SecureRandom(), Clock.systemUTC(), ticker);
    }
}
