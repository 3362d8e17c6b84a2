package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedPlaceTest {
    @TempDir
    private Path temp;

    private Path folder;

    @BeforeEach
    void onLinuxOnly() throws IOException {
        assumeTrue("Linux".equals(System.getProperty("os.name")), "not run here: Linux: another operating system");
        folder = temp.toRealPath();
    }

    @Test
    void the_identity_is_what_stat_prints() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        Process stat = new ProcessBuilder("stat", "-c", "%d:%i", place.toString()).start();
        String printed = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        try (PinnedPlace pinned = PinnedPlace.open(place)) {
            assertThat(pinned.identity()).isEqualTo(printed);
        }
    }

    @Test
    void what_takes_its_path_is_another_one() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        try (PinnedPlace before = PinnedPlace.open(place)) {
            Files.delete(place);
            Files.createDirectory(place);
            try (PinnedPlace after = PinnedPlace.open(place)) {
                assertThat(after.identity()).isNotEqualTo(before.identity());
            }
        }
    }

    @Test
    void a_link_anywhere_in_the_path_is_refused() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("real/inner"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
        Files.createSymbolicLink(folder.resolve("last"), inner);
        assertThatThrownBy(() -> PinnedPlace.open(folder.resolve("link/inner")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> PinnedPlace.open(folder.resolve("last"))).hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> PinnedPlace.open(folder.resolve("none"))).hasMessageContaining("ENOENT");
    }
}
