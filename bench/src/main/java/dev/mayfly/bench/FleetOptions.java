package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    private FleetOptions quick() {
        return new FleetOptions(folder, template, 2, 1, 20, 2, memory, control.quick(), parts, json, plot);
    }

    boolean measures(String part) {
        return parts.contains(part);
    }

    /** Reads the words after {@code fleet}; a later word wins over an earlier one. */
    static FleetOptions parse(List<String> words) {
        FleetOptions options = standard();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            if (word.equals("--json")) {
                options = options.asJson();
            } else if (word.equals("--control")) {
                options = options.with("--only", CONTROL);
            } else if (word.equals("--quick")) {
                options = options.quick();
            } else if (equals >= 0) {
                options = options.with(word.substring(0, equals), word.substring(equals + 1));
            } else if (i + 1 < words.size()) {
                i++;
                options = options.with(word, words.get(i));
            } else {
                throw BenchOptions.usage(word + " is not an option, or lacks its value");
            }
        }
        return options;
    }

    private FleetOptions asJson() {
        return new FleetOptions(folder, template, runs, cold, clones, atOnce, memory, control, parts, true, plot);
    }

    private FleetOptions places(Optional<Path> f, Optional<Path> t, List<String> p, Optional<Path> svg) {
        return new FleetOptions(f, t, runs, cold, clones, atOnce, memory, control, p, json, svg);
    }

    private FleetOptions numbers(int r, int c, int d, int a, int m) {
        return new FleetOptions(folder, template, r, c, d, a, m, control, parts, json, plot);
    }

    private FleetOptions controlled(ControlOptions newControl) {
        return new FleetOptions(folder, template, runs, cold, clones, atOnce, memory, newControl, parts, json, plot);
    }

    private FleetOptions with(String name, String value) {
        return switch (name) {
            case "--folder" -> places(Optional.of(Path.of(value)), template, parts, plot);
            case "--template" -> places(folder, Optional.of(Path.of(value)), parts, plot);
            case "--only" -> places(folder, template, parts(value), plot);
            case "--plot" -> places(folder, template, parts, Optional.of(Path.of(value)));
            case "--runs" -> numbers(number(name, value, 1), cold, clones, atOnce, memory);
            case "--cold" -> numbers(runs, number(name, value, 1), clones, atOnce, memory);
            case "--clones" -> numbers(runs, cold, number(name, value, 1), atOnce, memory);
            case "--at-once" -> numbers(runs, cold, clones, number(name, value, 1), memory);
            case "--memory" -> numbers(runs, cold, clones, atOnce, number(name, value, LEAST_MEMORY));
            case "--agents", "--runners", "--rate", "--connections", "--idle" -> controlled(control.with(name, value));
            default -> throw BenchOptions.usage("there is no option " + name);
        };
    }

    private static List<String> parts(String value) {
        List<String> named = Arrays.asList(value.split(",", -1));
        for (String each : named) {
            if (!ALL.contains(each)) {
                throw BenchOptions.usage("there is no part " + each + "; there are " + String.join(", ", ALL));
            }
        }
        return named;
    }

    private static int number(String name, String value, int least) {
        return number(name, value, least, MOST);
    }

    static int number(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw BenchOptions.usage(name + " does not understand '" + value + "'");
    }
}
