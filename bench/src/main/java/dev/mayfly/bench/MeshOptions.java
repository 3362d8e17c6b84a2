package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much of {@code bench mesh} is measured.
 *
 * @param frames over loopback, for each way of sending and each round
 * @param rounds in which each has its turn
 * @param seconds of probes in the window that is analysed; 0 for a small one
 */
record MeshOptions(int frames, int rounds, int seconds, boolean json, Optional<Path> plot) {
    private static final Set<String> OPTIONS = Set.of("--frames", "--rounds", "--seconds");
    private static final int LEAST_FRAMES = 64;
    private static final int MOST = 100_000_000;
    private static final int MOST_ROUNDS = 1000;
    private static final int MOST_SECONDS = 60;

    static MeshOptions standard() {
        return new MeshOptions(400_000, 5, 20, false, Optional.empty());
    }

    private static MeshOptions few() {
        return new MeshOptions(5_000, 1, 0, false, Optional.empty());
    }

    /** Reads the words after {@code mesh}. */
    static MeshOptions parse(List<String> typed) {
        BenchWords words = BenchWords.parse(typed, OPTIONS);
        MeshOptions usual = words.quick() ? few() : standard();
        return new MeshOptions(
                words.number("--frames", LEAST_FRAMES, MOST, usual.frames),
                words.number("--rounds", 1, MOST_ROUNDS, usual.rounds),
                words.number("--seconds", 0, MOST_SECONDS, usual.seconds),
                words.json(),
                words.plot());
    }
}
