package dev.mayfly.base.log;

import java.util.Objects;

/** One key and its value; numbers and booleans keep their type in JSON, everything else is its text. */
public record LogField(String key, Object value) {
    public LogField {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }
}
