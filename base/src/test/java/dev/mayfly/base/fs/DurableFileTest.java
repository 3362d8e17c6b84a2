package dev.mayfly.base.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
    @TempDir
    Path temp;

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void replacing_leaves_the_new_content_and_nothing_else() throws Exception {
        Path file = temp.resolve("f");
        DurableFile.replace(file, filled(10, 1));
        DurableFile.replace(file, filled(100_000, 2));
        assertThat(file).hasBinaryContent(filled(100_000, 2));
        assertThat(names()).containsExactly("f");
    }

    @Test
    void content_that_breaks_off_leaves_the_old_file_and_nothing_else() throws Exception {
        Path file = temp.resolve("f");
        DurableFile.replace(file, filled(10, 1));
        assertThatThrownBy(() -> DurableFile.replace(file, out -> {
                    out.write(filled(200_000, 2));
                    throw new IllegalStateException("half way");
                }))
                .hasMessage("half way");
        assertThatThrownBy(() -> DurableFile.replace(file, out -> {
                    out.write(2);
                    throw new IOException("disk");
                }))
                .hasMessage("disk");
        assertThat(file).hasBinaryContent(filled(10, 1));
        assertThat(names()).containsExactly("f");
    }

    @Test
    void a_reader_sees_the_old_or_the_new_file_and_never_a_part() throws Exception {
        Path file = temp.resolve("f");
        DurableFile.replace(file, filled(200_000, 0));
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; i <= 30; i++) {
                    DurableFile.replace(file, filled(200_000, i));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                done.set(true);
            }
        });
        while (!done.get()) {
            byte[] seen = Files.readAllBytes(file);
            assertThat(seen).isEqualTo(filled(200_000, seen[0]));
        }
        writer.join();
        assertThat(file).hasBinaryContent(filled(200_000, 30));
    }

    @Test
    void creating_never_replaces() throws Exception {
        Path file = temp.resolve("f");
        DurableFile.create(file, filled(3, 1));
        assertThatThrownBy(() -> DurableFile.create(file, filled(3, 2))).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasBinaryContent(filled(3, 1));
        assertThat(names()).containsExactly("f");
    }

    @Test
    void a_failure_leaves_no_temporary_behind() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("d"));
        Files.createFile(directory.resolve("inside"));
        assertThatThrownBy(() -> DurableFile.replace(directory, filled(3, 1))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DurableFile.replace(temp.resolve("no").resolve("f"), filled(3, 1)))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(names()).containsExactly("d");
    }

    @Test
    void sweeping_removes_what_a_crash_left_and_nothing_else() throws Exception {
        Path left = Files.createFile(temp.resolve(DurableFile.TEMPORARY_PREFIX + "abc"));
        Files.createFile(temp.resolve("kept"));
        Files.createDirectory(temp.resolve(DurableFile.TEMPORARY_PREFIX + "directory"));
        assertThat(DurableFile.sweep(temp)).isEqualTo(List.of(left));
        assertThat(names()).containsExactlyInAnyOrder("kept", DurableFile.TEMPORARY_PREFIX + "directory");
    }
}
