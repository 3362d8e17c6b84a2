package dev.mayfly.store;

import dev.mayfly.base.digest.Sha256Digest;
import java.util.List;
import java.util.Objects;

/**
 * One step of a schema. Never edited once released; the checksum of its statements is kept in the store to hold that.
 *
 * @param number from 1, without gaps
 * @param name what it does, for people
 */
public record Migration(int number, String name, List<String> statements) {
    public Migration {
        Objects.requireNonNull(name, "name");
        statements = List.copyOf(statements);
    }

    public static Migration of(int number, String name, String... statements) {
        return new Migration(number, name, List.of(statements));
    }

    /** Blank space does not count, so that reformatting the source is no change. */
    public String checksum() {
        StringBuilder text = new StringBuilder();
        for (String statement : statements) {
            text.append(statement.strip().replaceAll("\\s+", " ")).append(";\n");
        }
        return Sha256Digest.of(text.toString()).toString();
    }
}
