package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code bench build} builds.
 *
 * @param project with a {@code pom.xml}; without one the checkout that the program was started from
 * @param modules of it, as Maven's {@code -pl} takes them, with all that they need; empty for all
 * @param rounds in which both have their turn
 * @param folder on the file system that is meant; without one that of temporary files
 */
record BuildOptions(
        Optional<Path> project, String modules, int rounds, Optional<Path> folder, boolean json, Optional<Path> plot) {
    private static final Set<String> OPTIONS = Set.of("--project", "--modules", "--rounds", "--folder");
    private static final int ROUNDS = 3;
    private static final int MOST_ROUNDS = 1000;

    /** The whole program; the tests of that are not part of it. */
    private static final String PROGRAM = "dist";

    private static final String FEW = "base";

    static BuildOptions standard() {
        return new BuildOptions(Optional.empty(), PROGRAM, ROUNDS, Optional.empty(), false, Optional.empty());
    }

    /** Reads the words after {@code build}. */
    static BuildOptions parse(List<String> typed) {
        BuildOptions usual = standard();
        BenchWords words = BenchWords.parse(typed, OPTIONS);
        return new BuildOptions(
                words.path("--project"),
                words.text("--modules").orElse(words.quick() ? FEW : usual.modules),
                words.number("--rounds", 1, MOST_ROUNDS, words.quick() ? 1 : usual.rounds),
                words.path("--folder"),
                words.json(),
                words.plot());
    }
}
