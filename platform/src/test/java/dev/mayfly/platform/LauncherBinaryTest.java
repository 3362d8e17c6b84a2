package dev.mayfly.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.platform.LauncherBinary.Found;
import dev.mayfly.platform.LauncherBinary.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherBinaryTest {
    @TempDir
    Path dir;

    @Test
    void the_property_wins_over_the_environment_and_the_environment_over_the_program() throws IOException {
        Path byProperty = program(dir.resolve("a"));
        Path byEnvironment = program(dir.resolve("b"));
        Path beside = program(dir.resolve("dist/libexec/mayfly-launcher"));
        Optional<Path> jar = Optional.of(dir.resolve("dist/lib/platform.jar"));

        assertThat(locate(Map.of("mayfly.launcher", byProperty), Map.of("MAYFLY_LAUNCHER", byEnvironment), jar))
                .isEqualTo(new Found(byProperty, "system property mayfly.launcher"));
        assertThat(locate(Map.of(), Map.of("MAYFLY_LAUNCHER", byEnvironment), jar))
                .isEqualTo(new Found(byEnvironment, "environment variable MAYFLY_LAUNCHER"));
        assertThat(locate(Map.of(), Map.of(), jar)).isEqualTo(new Found(beside, "beside the program"));
    }

    @Test
    void the_build_folder_is_a_place_for_classes_and_for_the_jar() throws IOException {
        Path built = program(dir.resolve("target/native/mayfly-launcher"));

        assertThat(locate(Map.of(), Map.of(), Optional.of(dir.resolve("target/classes")))
                        .whereFound())
                .contains(built);
        assertThat(locate(Map.of(), Map.of(), Optional.of(dir.resolve("target/platform.jar")))
                        .whereFound())
                .contains(built);
    }

    @Test
    void a_named_launcher_that_is_not_there_is_not_replaced_by_another() throws IOException {
        program(dir.resolve("dist/libexec/mayfly-launcher"));
        Optional<Path> jar = Optional.of(dir.resolve("dist/lib/platform.jar"));

        assertThat(locate(Map.of("mayfly.launcher", dir.resolve("none")), Map.of(), jar))
                .isEqualTo(new Missing(
                        dir.resolve("none") + ", which the system property mayfly.launcher names, does not exist",
                        "correct or unset the system property mayfly.launcher"));
        assertThat(locate(Map.of(), Map.of("MAYFLY_LAUNCHER", dir), jar))
                .isInstanceOfSatisfying(
                        Missing.class, missing -> assertThat(missing.why()).endsWith("is not a program"));
    }

    @Test
    void no_launcher_anywhere_says_how_to_get_one() {
        assertThat(locate(Map.of(), Map.of(), Optional.of(dir.resolve("dist/lib/platform.jar"))))
                .isInstanceOfSatisfying(Missing.class, missing -> {
                    assertThat(missing.why())
                            .contains(dir.resolve("dist/libexec").toString());
                    assertThat(missing.fix()).contains("apt-get install gcc").contains("MAYFLY_LAUNCHER");
                });
        assertThat(locate(Map.of(), Map.of(), Optional.empty())).isInstanceOf(Missing.class);
    }

    private static LauncherBinary locate(
            Map<String, Path> properties, Map<String, Path> environment, Optional<Path> code) {
        return LauncherBinary.locate(name -> text(properties.get(name)), name -> text(environment.get(name)), code);
    }

    private static Optional<String> text(Path path) {
        return Optional.ofNullable(path).map(Path::toString);
    }

    private static Path program(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/bin/sh\n");
        assertThat(path.toFile().setExecutable(true)).isTrue();
        return path;
    }
}
