package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command of a group as the client hands it on: its words, {@code --option=value} for each option, {@code --}, arguments.
 *
 * @param command for example {@code service start}
 * @param options by name with its dashes; a flag has the value {@code true}
 */
public record HandedWords(String command, Map<String, String> options, List<String> arguments) {
    public HandedWords {
        options = Map.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /** @throws IllegalArgumentException when it is not of that form: the client made it */
    public static HandedWords parse(List<String> handed) {
        if (handed.isEmpty()) {
            throw new IllegalArgumentException("no command");
        }
        Map<String, String> options = new HashMap<>();
        int at = 1;
        for (; at < handed.size() && !handed.get(at).equals("--"); at++) {
            String word = handed.get(at);
            int equals = word.indexOf('=');
            if (!word.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("not an option with its value: " + word);
            }
            options.put(word.substring(0, equals), word.substring(equals + 1));
        }
        List<String> rest = at < handed.size() ? handed.subList(at + 1, handed.size()) : List.of();
        return new HandedWords(handed.getFirst(), options, new ArrayList<>(rest));
    }

    public boolean on(String flag) {
        return options.containsKey(flag);
    }

    public Optional<String> text(String option) {
        return Optional.ofNullable(options.get(option));
    }

    /** Of an option that may be given several times; the client puts NUL between. */
    public List<String> texts(String option) {
        return text(option).map(all -> List.of(all.split("\0", -1))).orElse(List.of());
    }

    public String argument(int index) {
        return arguments.get(index);
    }

    /** Empty when fewer were typed. */
    public Optional<String> optional(int index) {
        return index < arguments.size() ? Optional.of(arguments.get(index)) : Optional.empty();
    }

    /** What the command is to be done by. */
    public <T> T doneBy(String group, Map<String, T> operations) {
        return Optional.ofNullable(operations.get(command))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.INTERNAL,
                        "nobody does '" + group + " " + command + "'",
                        "client and program are of different versions",
                        "start it through ./mayfly"));
    }

    /**
     * A whole number, decimal or with 0x before it.
     *
     * @throws MayflyException {@code USAGE} when it is none or out of bounds
     */
    public long number(String option, long least, long most, long unless) {
        Optional<String> text = text(option);
        if (text.isEmpty()) {
            return unless;
        }
        try {
            long value = Long.decode(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Told below, together with the range.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                option + " does not understand '" + text.get() + "'",
                "it takes a whole number from " + least + " to " + most,
                "for example: " + option + " " + Math.clamp(unless, least, most));
    }
}
