package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command about environments as the client hands it on: its words, {@code --option=value} for each option, {@code --},
 * arguments.
 *
 * @param command for example {@code commit layer}
 * @param options by name with its dashes; a flag has the value {@code true}
 */
record EnvWords(String command, Map<String, String> options, List<String> arguments) {
    EnvWords {
        options = Map.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /** @throws IllegalArgumentException when it is not of that form: the client made it */
    static EnvWords parse(List<String> handed) {
        HandedWords words = HandedWords.parse(handed);
        return new EnvWords(words.command(), words.options(), words.arguments());
    }

    boolean on(String flag) {
        return options.containsKey(flag);
    }

    Optional<String> text(String option) {
        return Optional.ofNullable(options.get(option));
    }

    /** Of an option that may be given several times; the client puts NUL between. */
    List<String> texts(String option) {
        return text(option).map(all -> List.of(all.split("\0", -1))).orElse(List.of());
    }

    String argument(int index) {
        return arguments.get(index);
    }

    /** Empty when fewer were typed. */
    Optional<String> optional(int index) {
        return index < arguments.size() ? Optional.of(arguments.get(index)) : Optional.empty();
    }
}
