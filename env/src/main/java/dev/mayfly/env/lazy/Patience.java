package dev.mayfly.env.lazy;

import java.time.Duration;

/**
 * How long a reader waits for content. A reader in the kernel cannot be interrupted by everything, so each of these ends.
 *
 * @param still without a single byte of it
 * @param most at all, also while it arrives slowly
 * @param again between two tries to reach the repository
 * @param remembered that it could not be had: the kernel lets readers of one page ask one after the other, and one reader
 *     several times, and each would wait anew or fetch all of it again
 */
public record Patience(Duration still, Duration most, Duration again, Duration remembered) {
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(20), Duration.ofMinutes(10), Duration.ofMillis(500), Duration.ofSeconds(2));
}
