package dev.mayfly.base.config;

import java.util.Objects;
import java.util.Optional;

/**
 * An environment variable of a replaced system that still works.
 *
 * @param name the variable
 * @param onlyWhen when present, the variable counts only with exactly this text
 * @param meaning when present, what it then stands for; otherwise its own text is the value
 */
public record Alias(String name, Optional<String> onlyWhen, Optional<String> meaning) {
    public Alias {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(onlyWhen, "onlyWhen");
        Objects.requireNonNull(meaning, "meaning");
    }

    /** The same value under an old name. */
    public static Alias of(String name) {
        return new Alias(name, Optional.empty(), Optional.empty());
    }

    /** An old switch: {@code name=text} stands for {@code value} of the key, any other text for nothing. */
    public static Alias when(String name, String text, String value) {
        return new Alias(name, Optional.of(text), Optional.of(value));
    }

    Optional<String> translate(String text) {
        if (onlyWhen.isPresent() && !onlyWhen.get().equals(text)) {
            return Optional.empty();
        }
        return Optional.of(meaning.orElse(text));
    }
}
