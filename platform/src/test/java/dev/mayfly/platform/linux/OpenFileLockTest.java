package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileLockTest {
    @TempDir
    Path folder;

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    @Test
    void two_openings_in_one_process_exclude_each_other_byte_by_byte() throws IOException {
        Path file = folder.resolve("lock");
        try (OpenFileLock one = OpenFileLock.open(file);
                OpenFileLock other = OpenFileLock.open(file)) {
            one.exclusive(3);
            assertThat(other.tryExclusive(3)).isFalse();
            assertThat(other.tryShared(3)).isFalse();
            assertThat(other.tryExclusive(4)).isTrue();
            one.release(3);
            assertThat(other.tryShared(3)).isTrue();
            assertThat(one.tryShared(3)).isTrue();
            assertThat(one.tryExclusive(3)).isFalse();
        }
    }

    @Test
    void reading_the_file_elsewhere_lets_nothing_go_and_closing_the_opening_does() throws IOException {
        Path file = folder.resolve("lock");
        try (OpenFileLock other = OpenFileLock.open(file)) {
            OpenFileLock one = OpenFileLock.open(file);
            one.exclusive(0);
            assertThat(Files.readAllBytes(file)).isEmpty();
            assertThat(other.tryExclusive(0)).isFalse();
            one.close();
            assertThat(other.tryExclusive(0)).isTrue();
        }
    }

    @Test
    void a_file_system_is_synced_by_any_of_its_places_and_a_missing_place_is_told() throws IOException {
        FileSystemSync.sync(folder);
        assertThatThrownBy(() -> FileSystemSync.sync(folder.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOENT");
    }
}
