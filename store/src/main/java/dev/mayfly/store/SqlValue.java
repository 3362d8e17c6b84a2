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
        return switch (object) {
            case SqlValue value -> value;
            case String text -> new Text(text);
            case Long number -> new Int(number);
            case Integer number -> new Int(number);
            case Boolean bool -> new Int(bool ? 1 : 0);
            case Instant time -> new Int(time.toEpochMilli());
            case Double number -> new Real(number);
            case byte[] bytes -> new Blob(bytes);
            case Optional<?> optional -> optional.isPresent() ? of(optional.get()) : new Null();
            default ->
                throw new IllegalArgumentException(
                        "no SQL value is made of a " + object.getClass().getName());
        };
    }
}
