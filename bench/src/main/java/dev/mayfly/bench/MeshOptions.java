package dev.mayfly.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How much of {@code bench mesh} is measured.
 *
 * @param frames over loopback, for each way of sending and each round
 * @param rounds in which each has its turn
 * @param seconds of probes in the window that is analysed; 0 for a small one
 */
record MeshOptions(int frames, int rounds, int seconds, boolean json, Optional<Path> plot) {
    private static final int MOST = 100_000_000;
    private static final int MOST_SECONDS = 60;

    static MeshOptions standard() {
        return new MeshOptions(400_000, 5, 20, false, Optional.empty());
    }

    /** Reads the words after {@code mesh}; a later word wins over an earlier one. */
    static MeshOptions parse(List<String> words) {
        MeshOptions options = standard();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (word.equals("--json")) {
                options = new MeshOptions(options.frames, options.rounds, options.seconds, true, options.plot);
            } else if (word.equals("--quick")) {
                options = new MeshOptions(5_000, 1, 0, options.json, options.plot);
            } else if (equals >= 0) {
                options = options.with(name, word.substring(equals + 1));
            } else if (i + 1 < words.size()) {
                i++;
                options = options.with(name, words.get(i));
            } else {
                throw BenchOptions.usage(word + " is not an option, or lacks its value");
            }
        }
        return options;
    }

    private MeshOptions with(String name, String value) {
        return switch (name) {
            case "--plot" -> new MeshOptions(frames, rounds, seconds, json, Optional.of(Path.of(value)));
            case "--frames" -> new MeshOptions(number(name, value, 64, MOST), rounds, seconds, json, plot);
            case "--rounds" -> new MeshOptions(frames, number(name, value, 1, 1000), seconds, json, plot);
            case "--seconds" -> new MeshOptions(frames, rounds, number(name, value, 0, MOST_SECONDS), json, plot);
            default -> throw BenchOptions.usage("there is no option " + name);
        };
    }

    private static int number(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw BenchOptions.usage(name + " does not understand '" + value + "'; it takes " + least + " to " + most);
    }
}
