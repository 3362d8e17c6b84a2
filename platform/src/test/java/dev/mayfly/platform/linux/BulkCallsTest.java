package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.BulkCalls.Took;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkCallsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aTree() throws Exception {
        Needs.linux();
        Files.createDirectories(folder.resolve("a/b"));
        Files.write(folder.resolve("a/.hidden"), new byte[10]);
        Files.write(folder.resolve("a/b/ünicode"), new byte[3 << 20]);
    }

    @Test
    void every_file_is_read_to_its_end_and_counted() {
        try (BulkCalls calls = BulkCalls.on(folder, List.of("a/.hidden", "a/b/ünicode"))) {
            Took took = calls.read();
            assertThat(took.count()).isEqualTo(2);
            assertThat(took.bytes()).isEqualTo(10 + (3 << 20));
            assertThat(took.wallNanos()).isPositive();
            assertThat(took.processorNanos()).isPositive();
            assertThat(calls.openAndClose().count()).isEqualTo(2);
            assertThat(calls.stat().count()).isEqualTo(2);
        }
    }

    @Test
    void a_walk_sees_each_entry_once_and_can_be_done_again() {
        try (BulkCalls calls = BulkCalls.on(folder, List.of())) {
            assertThat(calls.walk().count()).isEqualTo(4);
            assertThat(calls.walk().count()).isEqualTo(4);
        }
    }

    @Test
    void a_file_that_is_not_there_is_no_figure() {
        try (BulkCalls calls = BulkCalls.on(folder, List.of("none"))) {
            assertThatThrownBy(calls::stat).isInstanceOf(MayflyException.class).hasMessageContaining("stat failed");
        }
    }
}
