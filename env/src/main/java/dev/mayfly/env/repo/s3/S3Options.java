package dev.mayfly.env.repo.s3;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * How to speak to an object store.
 *
 * @param spool a folder of this machine for what is to be sent; it is made when it is missing, and nothing stays there
 * @param environment where the region and the endpoint are looked for when the address has none
 * @param clock of tags
 */
public record S3Options(Path spool, Map<String, String> environment, Clock clock, Patience patience, Sizes sizes) {
    private static final int MIB = 1 << 20;

    /**
     * How long things may take.
     *
     * @param connect to connect
     * @param stall that a connection stands still
     * @param question one try of a short question, or of a piece that is read
     * @param transfer one try of sending one content, or one part of a large one
     * @param tries of each request before it counts as failed
     * @param pause before the second try; it doubles from then on, up to {@code longestPause}
     * @param turns how often a change of a stream of tags begins anew because somebody else was first
     */
    public record Patience(
            Duration connect,
            Duration stall,
            Duration question,
            Duration transfer,
            int tries,
            Duration pause,
            Duration longestPause,
            int turns) {}

    /**
     * How many bytes.
     *
     * @param part contents that are larger are sent in parts of so many; stores want at least 5 MiB, and take 10,000 parts
     * @param piece a content is read in pieces of so many
     * @param object of the largest object that is taken
     * @param stream of the largest stream of tags that is taken
     */
    public record Sizes(int part, int piece, int object, int stream) {}

    public static S3Options usual(Path spool, Map<String, String> environment) {
        Patience patience = new Patience(
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(2),
                Duration.ofMinutes(10),
                5,
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                100);
        return new S3Options(
                spool, environment, Clock.systemUTC(), patience, new Sizes(16 * MIB, 4 * MIB, 256 * MIB, 64 * MIB));
    }

    S3Options with(Patience other) {
        return new S3Options(spool, environment, clock, other, sizes);
    }

    S3Options with(Sizes other) {
        return new S3Options(spool, environment, clock, patience, other);
    }
}
