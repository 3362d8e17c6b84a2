package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenTest {
    @TempDir
    Path folder;

    @Test
    void a_note_counts_until_the_file_is_written_to_or_is_another() throws Exception {
        Needs.linux();
        Path image = Files.write(folder.resolve("image"), new byte[4096]);
        assertThat(Seen.isNoted(image)).isFalse();
        Seen.note(image);
        Needs.that(Seen.isNoted(image), "extended attributes of users", "this file system has none");
        Path moved = Files.move(image, folder.resolve("moved"));
        assertThat(Seen.isNoted(moved)).isTrue();

        Files.setLastModifiedTime(moved, FileTime.from(Instant.EPOCH));
        assertThat(Seen.isNoted(moved)).isFalse();
        Seen.note(moved);
        Files.write(moved, new byte[5000]);
        assertThat(Seen.isNoted(moved)).isFalse();
        Files.copy(moved, image);
        assertThat(Seen.isNoted(image)).isFalse();
    }
}
