package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much of {@code bench env} is measured.
 *
 * @param folder on the file system that is meant; without one that of temporary files
 * @param files of the tree
 * @param scale files of the largest view that is mounted; 0 leaves it out
 * @param runs of what takes milliseconds
 * @param rounds in which each front end has its turn with caches warm
 * @param coldRounds likewise with all caches of the machine thrown away
 * @param small files of 4 kB in one commit
 * @param largeMegabytes of the file in one commit
 * @param views that live at once; 0 leaves it out
 * @param events of the router
 * @param parts that are measured
 */
record EnvOptions(
        Optional<Path> folder,
        int files,
        int scale,
        int runs,
        int rounds,
        int coldRounds,
        int small,
        int largeMegabytes,
        int views,
        int events,
        List<String> parts,
        boolean json,
        Optional<Path> plot) {
    static final String MOUNT = "mount";
    static final String CALLS = "calls";
    static final String COMMIT = "commit";
    static final String ROUTER = "router";
    static final String VIEWS = "views";
    private static final List<String> ALL = List.of(MOUNT, CALLS, COMMIT, ROUTER, VIEWS);
    private static final Set<String> OPTIONS = Set.of(
            "--folder",
            "--files",
            "--scale",
            "--runs",
            "--rounds",
            "--cold",
            "--small",
            "--large",
            "--views",
            "--only");
    private static final int MOST = 10_000_000;

    static EnvOptions standard() {
        return new EnvOptions(
                Optional.empty(),
                100_000,
                1_000_000,
                100,
                7,
                2,
                20_000,
                1024,
                1000,
                MOST,
                ALL,
                false,
                Optional.empty());
    }

    private static EnvOptions few() {
        return new EnvOptions(Optional.empty(), 500, 5_000, 2, 1, 1, 100, 4, 6, 20_000, ALL, false, Optional.empty());
    }

    boolean measures(String part) {
        return parts.contains(part);
    }

    /** Reads the words after {@code env}. */
    static EnvOptions parse(List<String> typed) {
        BenchWords words = BenchWords.parse(typed, OPTIONS);
        EnvOptions usual = words.quick() ? few() : standard();
        return new EnvOptions(
                words.path("--folder"),
                words.number("--files", 100, MOST, usual.files),
                words.number("--scale", 0, MOST, usual.scale),
                words.number("--runs", 1, MOST, usual.runs),
                words.number("--rounds", 1, MOST, usual.rounds),
                words.number("--cold", 0, MOST, usual.coldRounds),
                words.number("--small", 1, MOST, usual.small),
                words.number("--large", 1, MOST, usual.largeMegabytes),
                words.number("--views", 0, MOST, usual.views),
                usual.events,
                words.parts("--only", ALL),
                words.json(),
                words.plot());
    }
}
