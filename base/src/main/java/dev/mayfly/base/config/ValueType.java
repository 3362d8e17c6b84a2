package dev.mayfly.base.config;

import java.util.List;

/**
 * What values a key takes.
 *
 * @param <T> the type that readers of the key get
 */
public interface ValueType<T> {
    /** For people and documentation, for example {@code duration such as 500ms, 30s, 5m, 2h}. */
    String description();

    /** @throws BadValueException saying what is wrong with the text, without repeating the text */
    T parse(List<String> values, ParseContext context) throws BadValueException;
}
