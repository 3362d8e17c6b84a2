package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was typed for a command, read but not yet understood.
 *
 * @param command the command or sub-command that was meant
 * @param values text by option name; flags have the text {@code true}
 * @param arguments the words that are no options
 */
record Words(Command command, Map<String, String> values, List<String> arguments) {
    Words {
        values = Map.copyOf(values);
        arguments = List.copyOf(arguments);
    }

    Optional<String> text(String option) {
        return Optional.ofNullable(values.get(option));
    }

    boolean on(String option) {
        return values.containsKey(option);
    }

    /** A whole number within bounds. */
    Optional<Long> number(String option, long min, long max) {
        Optional<String> text = text(option);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= min && value <= max) {
                return Optional.of(value);
            }
        } catch (NumberFormatException _) {
            // Told below, together with the range.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                option + " does not understand '" + text.get() + "'",
                "it takes a whole number from " + min + " to " + max,
                "for example: " + option + " " + Math.clamp(30, min, max));
    }
}
