package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    private static final int ROUNDS = 3;
    private static final int MOST_ROUNDS = 1000;

    /** The whole program; the tests of that are not part of it. */
    private static final String PROGRAM = "dist";

    private static final String FEW = "base";

    static BuildOptions standard() {
        return new BuildOptions(Optional.empty(), PROGRAM, ROUNDS, Optional.empty(), false, Optional.empty());
    }

    /** Reads the words after {@code build}; a later word wins over an earlier one. */
    static BuildOptions parse(List<String> words) {
        BuildOptions options = standard();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            if (word.equals("--json")) {
                options = new BuildOptions(
                        options.project, options.modules, options.rounds, options.folder, true, options.plot);
            } else if (word.equals("--quick")) {
                options = new BuildOptions(options.project, FEW, 1, options.folder, options.json, options.plot);
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

    private BuildOptions with(String name, String value) {
        Optional<Path> path = Optional.of(Path.of(value));
        return switch (name) {
            case "--project" -> new BuildOptions(path, modules, rounds, folder, json, plot);
            case "--modules" -> new BuildOptions(project, value, rounds, folder, json, plot);
            case "--rounds" -> new BuildOptions(project, modules, number(value), folder, json, plot);
            case "--folder" -> new BuildOptions(project, modules, rounds, path, json, plot);
            case "--plot" -> new BuildOptions(project, modules, rounds, folder, json, path);
            default -> throw BenchOptions.usage("there is no option " + name);
        };
    }

    private static int number(String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= MOST_ROUNDS) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw BenchOptions.usage("--rounds does not understand '" + value + "'");
    }
}
