package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much of {@code bench fleet} is measured.
 *
 * @param folder on the file system that is meant; without one that of temporary files
 * @param template a folder; without one the small one is built first
 * @param runs of each machine that is restored
 * @param cold of each machine that is booted
 * @param clones of a disk
 * @param atOnce machines that are restored side by side
 * @param memory of a machine, in MiB
 * @param control how much of the control plane
 * @param parts that are measured
 */
record FleetOptions(
        Optional<Path> folder,
        Optional<Path> template,
        int runs,
        int cold,
        int clones,
        int atOnce,
        int memory,
        ControlOptions control,
        List<String> parts,
        boolean json,
        Optional<Path> plot) {
    /** What one host does, without server. */
    static final String MACHINES = "machines";

    /** What a server does with many hosts, none of which has machines. */
    static final String CONTROL = "control";

    private static final List<String> ALL = List.of(MACHINES, CONTROL);
    private static final Set<String> OPTIONS = Set.of(
            "--folder",
            "--template",
            "--runs",
            "--cold",
            "--clones",
            "--at-once",
            "--memory",
            "--only",
            "--agents",
            "--runners",
            "--rate",
            "--connections",
            "--idle");
    private static final int MOST = 10_000;
    private static final int LEAST_MEMORY = 128;

    static FleetOptions standard() {
        return new FleetOptions(
                Optional.empty(),
                Optional.empty(),
                20,
                5,
                500,
                4,
                256,
                ControlOptions.standard(),
                ALL,
                false,
                Optional.empty());
    }

    private static FleetOptions few() {
        return new FleetOptions(
                Optional.empty(),
                Optional.empty(),
                2,
                1,
                20,
                2,
                256,
                ControlOptions.few(),
                ALL,
                false,
                Optional.empty());
    }

    boolean measures(String part) {
        return parts.contains(part);
    }

    /** Reads the words after {@code fleet}. */
    static FleetOptions parse(List<String> typed) {
        BenchWords words = BenchWords.parse(typed, OPTIONS);
        FleetOptions usual = words.quick() ? few() : standard();
        return new FleetOptions(
                words.path("--folder"),
                words.path("--template"),
                words.number("--runs", 1, MOST, usual.runs),
                words.number("--cold", 1, MOST, usual.cold),
                words.number("--clones", 1, MOST, usual.clones),
                words.number("--at-once", 1, MOST, usual.atOnce),
                words.number("--memory", LEAST_MEMORY, MOST, usual.memory),
                ControlOptions.of(words, usual.control),
                words.parts("--only", ALL),
                words.json(),
                words.plot());
    }
}
