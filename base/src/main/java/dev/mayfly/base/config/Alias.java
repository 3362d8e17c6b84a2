package dev.mayfly.base.config;

import java.util.Objects;
import java.util.Optional;

/**
 * An environment variable of a replaced system that still works.
 *
 * @param name the variable
 * @param onlyWhen when present, the variable counts only with exactly this text
 * @param meaning when present, what it then stands for; otherwise its own text is the value
 * @param unit is added to the value, for variables that had their unit in their name; may be empty
 */
public record Alias(String name, Optional<String> onlyWhen, Optional<String> meaning, String unit) {
    public Alias {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(onlyWhen, "onlyWhen");
        Objects.requireNonNull(meaning, "meaning");
        Objects.requireNonNull(unit, "unit");
    }

    /** The same value under an old name. */
    public static Alias of(String name) {
        return new Alias(name, Optional.empty(), Optional.empty(), "");
    }

    /** An old switch: {@code name=text} stands for {@code value} of the key, any other text for nothing. */
    public static Alias when(String name, String text, String value) {
        return new Alias(name, Optional.of(text), Optional.of(value), "");
    }

    /** A plain number that stands for so many of a unit: {@code NATS_ACK_WAIT_SEC=30} for {@code 30s}. */
    public static Alias counting(String name, String unit) {
        return new Alias(name, Optional.empty(), Optional.empty(), unit);
    }

    Optional<String> translate(String text) {
        if (onlyWhen.isPresent() && !onlyWhen.get().equals(text)) {
            return Optional.empty();
        }
        return Optional.of(meaning.orElse(text) + unit);
    }
}
