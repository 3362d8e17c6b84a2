package dev.mayfly.fleet.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateStoreTest {
    @TempDir
    Path folder;

    private Path from;
    private TemplateStore store;

    @BeforeEach
    void makeSomethingToImport() throws IOException {
        from = Files.createDirectory(folder.resolve("mac"));
        Files.writeString(from.resolve("Disk.img"), "disk");
        Files.writeString(from.resolve("AuxiliaryStorage"), "boot");
        Files.writeString(from.resolve("HardwareModel.json"), "{}");
        Files.writeString(from.resolve("TemplateMetadata.json"), "{\"os\": \"macOS\"}");
        store = new TemplateStore(folder.resolve("templates"));
    }

    private static void fails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void a_folder_of_another_system_is_taken_in_with_digests_and_can_only_be_read() throws IOException {
        List<String> said = new ArrayList<>();
        Template taken = store.take(from, "mac", "runner", said::add);
        assertThat(taken.sshUser()).isEqualTo("runner");
        assertThat(taken.files()).hasSize(4);
        assertThat(said).contains("copying Disk.img", "checking digests");
        assertThat(Files.getPosixFilePermissions(taken.disk())).isEqualTo(PosixFilePermissions.fromString("r--r--r--"));
        assertThat(store.verify("mac")).isEqualTo(taken);
        assertThat(store.take(taken.folder(), "again", "ignored", _ -> {}).digest())
                .as("one of ours stays what it is")
                .isEqualTo(taken.digest());
        assertThat(store.list()).extracting(TemplateStore.Listed::name).containsExactly("again", "mac");
    }

    @Test
    void what_was_written_to_is_refused_by_whoever_looks() throws IOException {
        Template taken = store.take(from, "mac", "runner", _ -> {});
        TemplateGuard guard = new TemplateGuard(taken);
        guard.check();
        Files.setPosixFilePermissions(taken.disk(), PosixFilePermissions.fromString("rw-r--r--"));
        guard.check();
        Files.writeString(taken.disk(), "another");
        fails(ErrorCode.TEMPLATE_INVALID, guard::check);
        fails(ErrorCode.TEMPLATE_INVALID, () -> store.verify("mac"));
        fails(ErrorCode.TEMPLATE_INVALID, () -> store.take(taken.folder(), "copy", "", _ -> {}));
        assertThat(folder.resolve("templates")).isDirectoryNotContaining("glob:**copy*");
    }

    @Test
    void a_name_is_taken_once_and_free_again_after_it_was_removed() {
        store.take(from, "mac", "runner", _ -> {});
        fails(ErrorCode.USAGE, () -> store.take(from, "mac", "runner", _ -> {}));
        fails(ErrorCode.USAGE, () -> store.take(from, "../mac", "runner", _ -> {}));
        assertThat(store.remove("mac")).isPresent();
        fails(ErrorCode.NOT_FOUND, () -> store.remove("mac"));
        fails(ErrorCode.NOT_FOUND, () -> store.verify("mac"));
        assertThat(store.list()).isEmpty();
        store.take(from, "mac", "runner", _ -> {});
    }

    @Test
    void what_has_no_disk_is_no_template() throws IOException {
        Files.delete(from.resolve("Disk.img"));
        fails(ErrorCode.TEMPLATE_INVALID, () -> store.take(from, "mac", "runner", _ -> {}));
        assertThat(store.list()).isEmpty();
    }
}
