package dev.mayfly.base.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a generated file of the repository to what the code says. */
public final class Golden {
    private Golden() {}

    /** Compares, or with {@code -Dmayfly.golden=write} writes. */
    public static void check(String file, String expected) {
        Path path = Path.of(System.getProperty("mayfly.repository", "..")).resolve(file);
        try {
            if ("write".equals(System.getProperty("mayfly.golden"))) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, expected);
            }
            assertThat(Files.exists(path) ? Files.readString(path) : "(missing)")
                    .describedAs("%s is generated; run the tests with -Dmayfly.golden=write to write it anew", file)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
