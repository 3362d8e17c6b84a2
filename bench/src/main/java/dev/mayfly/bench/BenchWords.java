package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words after the name of a benchmark: {@code --name value} or {@code --name=value}, and the flags {@code --json} and
 * {@code --quick}. Of one option the last counts. What is named wins over what {@code --quick} would choose, wherever it
 * stands.
 */
record BenchWords(Map<String, String> values, boolean quick, boolean json) {
    private static final String PLOT = "--plot";

    BenchWords {
        values = Map.copyOf(values);
    }

    /**
     * @param known options that take a value, besides {@code --plot}
     * @throws MayflyException for everything else
     */
    static BenchWords parse(List<String> words, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        List<String> flags = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (word.equals("--json") || word.equals("--quick")) {
                flags.add(word);
            } else if (!name.equals(PLOT) && !known.contains(name)) {
                throw BenchOptions.usage("there is no option " + word);
            } else if (equals >= 0) {
                values.put(name, word.substring(equals + 1));
            } else if (i + 1 < words.size()) {
                i++;
                values.put(name, words.get(i));
            } else {
                throw BenchOptions.usage(name + " lacks its value");
            }
        }
        return new BenchWords(values, flags.contains("--quick"), flags.contains("--json"));
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Optional<Path> path(String name) {
        return text(name).map(Path::of);
    }

    Optional<Path> plot() {
        return path(PLOT);
    }

    /** @throws MayflyException when it is no whole number or out of bounds */
    int number(String name, int least, int most, int unless) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return unless;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw BenchOptions.usage(name + " does not understand '" + text.get() + "'; it takes " + least + " to " + most);
    }

    /** Names with commas between; all unless some are named. */
    List<String> parts(String name, List<String> all) {
        List<String> named =
                text(name).map(each -> List.of(each.split(",", -1))).orElse(all);
        for (String each : named) {
            if (!all.contains(each)) {
                throw BenchOptions.usage("there is no part " + each + "; there are " + String.join(", ", all));
            }
        }
        return named;
    }
}
