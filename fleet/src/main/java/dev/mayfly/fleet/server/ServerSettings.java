package dev.mayfly.fleet.server;

import java.time.Duration;

/**
 * The times of a server.
 *
 * @param lease for so long an agent that hears nothing keeps what has not started
 * @param suspectAfter an agent that is silent for so long gets nothing new
 * @param lostAfter what has not started on an agent that is silent for so long is placed anew; longer than the lease, so
 *     that a living agent has given up by then
 * @param unclaimed a runner that has not started and that nobody waits for is destroyed after so long
 * @param remember so long a runner that is gone is still known
 * @param tries how many placements a wish gets
 */
public record ServerSettings(
        Duration lease, Duration suspectAfter, Duration lostAfter, Duration unclaimed, Duration remember, int tries) {
    public ServerSettings {
        if (lostAfter.compareTo(lease) <= 0 || lostAfter.compareTo(suspectAfter) < 0 || tries < 1) {
            throw new IllegalArgumentException("an agent is lost after its lease and after it was suspected: " + lease
                    + ", " + suspectAfter + ", " + lostAfter);
        }
    }

    public static ServerSettings usual() {
        return new ServerSettings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                3);
    }
}
