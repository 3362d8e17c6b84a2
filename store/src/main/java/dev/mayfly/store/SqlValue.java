package dev.mayfly.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** A parameter of a statement, in the five storage classes of SQLite. */
public sealed interface SqlValue {
    record Text(String value) implements SqlValue {
        public Text {
            Objects.requireNonNull(value, "value");
        }
    }

    record Int(long value) implements SqlValue {}

    record Real(double value) implements SqlValue {}

    /** Not copied: the maker lets go of the array. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Blob(byte[] value) implements SqlValue {
        public Blob {
            Objects.requireNonNull(value, "value");
        }
    }

    record Null() implements SqlValue {}

    /**
     * The value for a Java object: texts, numbers, booleans (0 or 1), instants (milliseconds since the epoch), byte
     * arrays, and optionals of these, of which the empty one is NULL.
     */
    static SqlValue of(Object object) {
        if (object instanceof SqlValue value) {
            return value;
        }
        if (object instanceof String text) {
            return new Text(text);
        }
        if (object instanceof Long number) {
            return new Int(number);
        }
        if (object instanceof Integer number) {
            return new Int(number);
        }
        if (object instanceof Boolean bool) {
            return new Int(bool ? 1 : 0);
        }
        if (object instanceof Instant time) {
            return new Int(time.toEpochMilli());
        }
        if (object instanceof Double number) {
            return new Real(number);
        }
        if (object instanceof byte[] bytes) {
            return new Blob(bytes);
        }
        if (object instanceof Optional<?> optional) {
            return optional.isPresent() ? of(optional.get()) : new Null();
        }
        throw new IllegalArgumentException(
                "no SQL value is made of a " + object.getClass().getName());
    }
}
