package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    private EnvOptions quick() {
        return new EnvOptions(folder, 500, 5_000, 2, 1, 1, 100, 4, 6, 20_000, parts, json, plot);
    }

    boolean measures(String part) {
        return parts.contains(part);
    }

    /** Reads the words after {@code env}; a later word wins over an earlier one. */
    static EnvOptions parse(List<String> words) {
        EnvOptions options = standard();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            if (word.equals("--json")) {
                options = options.with(options.folder, options.parts, true, options.plot);
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

    private EnvOptions with(Optional<Path> newFolder, List<String> newParts, boolean newJson, Optional<Path> newPlot) {
        return new EnvOptions(
                newFolder,
                files,
                scale,
                runs,
                rounds,
                coldRounds,
                small,
                largeMegabytes,
                views,
                events,
                newParts,
                newJson,
                newPlot);
    }

    private EnvOptions with(String name, String value) {
        return switch (name) {
            case "--plot" -> with(folder, parts, json, Optional.of(Path.of(value)));
            case "--folder" -> with(Optional.of(Path.of(value)), parts, json, plot);
            case "--only" -> with(folder, parts(value), json, plot);
            case "--files" ->
                numbers(number(name, value, 100), scale, runs, rounds, coldRounds, small, largeMegabytes, views);
            case "--scale" ->
                numbers(files, number(name, value, 0), runs, rounds, coldRounds, small, largeMegabytes, views);
            case "--runs" ->
                numbers(files, scale, number(name, value, 1), rounds, coldRounds, small, largeMegabytes, views);
            case "--rounds" ->
                numbers(files, scale, runs, number(name, value, 1), coldRounds, small, largeMegabytes, views);
            case "--cold" -> numbers(files, scale, runs, rounds, number(name, value, 0), small, largeMegabytes, views);
            case "--small" ->
                numbers(files, scale, runs, rounds, coldRounds, number(name, value, 1), largeMegabytes, views);
            case "--large" -> numbers(files, scale, runs, rounds, coldRounds, small, number(name, value, 1), views);
            case "--views" ->
                numbers(files, scale, runs, rounds, coldRounds, small, largeMegabytes, number(name, value, 0));
            default -> throw BenchOptions.usage("there is no option " + name);
        };
    }

    private EnvOptions numbers(int f, int s, int r, int w, int c, int k, int l, int v) {
        return new EnvOptions(folder, f, s, r, w, c, k, l, v, events, parts, json, plot);
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
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw BenchOptions.usage(name + " does not understand '" + value + "'");
    }
}
