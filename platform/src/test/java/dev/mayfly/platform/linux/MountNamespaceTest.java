package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountNamespaceTest {
    @TempDir
    Path folder;

    @Test
    void what_is_mounted_is_seen_in_the_namespace_and_nowhere_else() throws Exception {
        Needs.linux();
        Needs.root();
        Path from = Files.createDirectories(folder.resolve("from"));
        Path to = Files.createDirectories(folder.resolve("to"));
        Files.writeString(from.resolve("word"), "inside");

        String seen = MountNamespace.fresh(() -> {
            MountNamespace.bind(from, to);
            return Files.readString(to.resolve("word"));
        });

        assertThat(seen).isEqualTo("inside");
        assertThat(to).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(to.toString());
    }

    @Test
    void a_refusal_of_the_kernel_is_told() {
        Needs.linux();
        Needs.root();
        assertThatThrownBy(() -> MountNamespace.fresh(() -> {
                    MountNamespace.bind(folder.resolve("none"), folder);
                    return true;
                }))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAMESPACE_DENIED));
    }
}
