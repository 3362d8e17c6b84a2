package dev.mayfly.sandbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyStoreTest {
    @TempDir
    Path folder;

    private PolicyStore store;

    @BeforeEach
    void folderWithOnePolicy() throws Exception {
        Files.writeString(folder.resolve("ci.policy.yml"), "version: 1\nlimits: {pids: 7}\n");
        store = new PolicyStore(folder, new PolicyReader());
    }

    private MayflyException refused(Optional<Path> explicit, String id) {
        return catchThrowableOfType(MayflyException.class, () -> store.load(explicit, id));
    }

    @Test
    void an_id_names_a_file_of_the_folder() {
        assertThat(store.load(Optional.empty(), "ci").limits().pids()).isEqualTo(7);
    }

    @Test
    void an_explicit_file_wins_over_the_id() throws Exception {
        Path file = Files.writeString(folder.resolve("other.yml"), "version: 1\nlimits: {pids: 9}\n");
        assertThat(store.load(Optional.of(file), "ci").limits().pids()).isEqualTo(9);
    }

    @Test
    void a_missing_policy_is_an_error_and_never_a_default() {
        assertThat(refused(Optional.empty(), "default").code()).isEqualTo(ErrorCode.POLICY_MISSING);
        assertThat(refused(Optional.of(folder.resolve("no.yml")), "ci").code()).isEqualTo(ErrorCode.POLICY_MISSING);
        assertThat(refused(Optional.of(folder), "ci").why()).contains("folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../ci", "a/b", "/etc/passwd", ".hidden", "a..b", "ci\0", "ci\n", "c\u0131"})
    void an_id_cannot_leave_the_folder(String id) {
        assertThat(refused(Optional.empty(), id).code()).isEqualTo(ErrorCode.POLICY_MISSING);
    }

    @Test
    void an_edit_takes_effect_at_once_even_within_one_tick_of_the_clock() throws Exception {
        Path file = folder.resolve("ci.policy.yml");
        FileTime before = Files.getLastModifiedTime(file);
        Policy first = store.load(Optional.empty(), "ci");
        assertThat(store.load(Optional.empty(), "ci")).isSameAs(first);
        Files.writeString(file, "version: 1\nlimits: {pids: 8}\n");
        Files.setLastModifiedTime(file, before);
        assertThat(store.load(Optional.empty(), "ci").limits().pids()).isEqualTo(8);
        Files.writeString(file, "version: 1\nlimits: {pids: oops}\n");
        assertThat(refused(Optional.empty(), "ci").code()).isEqualTo(ErrorCode.POLICY_INVALID);
    }
}
