package dev.mayfly.store;

import java.time.Instant;
import java.util.Optional;

/** The current row of a query. Valid only during {@link RowMapper#map}. A missing column or an unexpected NULL throws. */
public interface Row {
    boolean isNull(String column);

    String text(String column);

    long integer(String column);

    double real(String column);

    byte[] blob(String column);

    default boolean bool(String column) {
        return integer(column) != 0;
    }

    default Instant time(String column) {
        return Instant.ofEpochMilli(integer(column));
    }

    default Optional<String> optionalText(String column) {
        return isNull(column) ? Optional.empty() : Optional.of(text(column));
    }

    default Optional<Long> optionalInteger(String column) {
        return isNull(column) ? Optional.empty() : Optional.of(integer(column));
    }

    default Optional<Instant> optionalTime(String column) {
        return isNull(column) ? Optional.empty() : Optional.of(time(column));
    }
}
