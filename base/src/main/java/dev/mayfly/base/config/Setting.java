package dev.mayfly.base.config;

import java.util.List;
import java.util.Objects;

/**
 * One value as somebody wrote it.
 *
 * @param key name of the key, for example {@code exec.timeout}
 * @param values the texts: one for a scalar, any number for a list that was written as one
 * @param origin where it stands, for people: {@code --timeout}, {@code MAYFLY_EXEC_TIMEOUT}, {@code mayfly.yaml:12}
 */
public record Setting(String key, List<String> values, String origin) {
    public Setting {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(origin, "origin");
        values = List.copyOf(values);
    }

    public static Setting of(String key, String value, String origin) {
        return new Setting(key, List.of(value), origin);
    }
}
