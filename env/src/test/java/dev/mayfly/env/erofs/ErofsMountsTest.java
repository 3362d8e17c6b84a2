package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.platform.linux.ErrnoException;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.RawFolder;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the kernel of this machine. */
class ErofsMountsTest {
    private static final int ENTRIES = 500;

    @TempDir
    Path folder;

    private Leaks leaks;
    private ErofsMounts mounts;
    private TestPayloads payloads;

    @BeforeEach
    void needs() throws IOException {
        ErofsNeeds.check(folder);
        leaks = Leaks.snapshot(folder.getFileName().toString());
        mounts = new ErofsMounts(folder.resolve("erofs"));
        payloads = new TestPayloads(Files.createDirectory(folder.resolve("payloads")), true);
    }

    @AfterEach
    void nothing_stays_mounted() {
        if (mounts != null) {
            mounts.unmountUnused();
            leaks.assertUnchanged();
        }
    }

    private View small() {
        ViewBuilder view = new ViewBuilder();
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        view.root().file(RawName.of("file"), FileMode.REGULAR | 0644, payloads.put(content), content.length);
        view.root().directory(RawName.of("folder"), FileMode.DIRECTORY | 0755);
        return view.build();
    }

    private Path image(Digest key) {
        return folder.resolve("erofs/images").resolve(ImageStore.name(key) + ".erofs");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_mounted_view_is_the_view_file_by_file(long seed) throws IOException {
        TestPayloads kept = new TestPayloads(folder.resolve("payloads"), seed % 2 == 0);
        View view = RandomView.of(seed, kept, ENTRIES);
        ErofsOptions options = new ErofsOptions(0, 0, 1_000_000_000, seed % 3 == 0 ? 2000 : 0);
        try (ViewMount mount = mounts.mounted(view, Contents.of(kept), options)) {
            ShownTree.assertShows(mount.path(), view, kept, true);
        }
    }

    @Test
    void owners_and_times_are_those_of_the_options_however_large() throws IOException {
        ErofsOptions options = new ErofsOptions(100_000, 70_000, 5_000_000_000L, 0);
        try (ViewMount mount = mounts.mounted(small(), Contents.of(payloads), options);
                RawFolder root = RawFolder.open(mount.path())) {
            ShownTree.assertShows(mount.path(), small(), payloads, true);
            var status = root.status("file".getBytes(StandardCharsets.UTF_8));
            assertThat(status.uid()).isEqualTo(100_000);
            assertThat(status.gid()).isEqualTo(70_000);
            assertThat(status.modified()).isEqualTo(5_000_000_000L);
        }
    }

    @Test
    void every_change_is_answered_with_read_only_file_system() throws IOException {
        try (ViewMount mount = mounts.mounted(small(), Contents.of(payloads));
                RawFolder root = RawFolder.open(mount.path())) {
            byte[] file = "file".getBytes(StandardCharsets.UTF_8);
            byte[] fresh = "new".getBytes(StandardCharsets.UTF_8);
            refused(() -> root.file(file, OpenFlag.WRONLY, 0));
            refused(() -> root.file(file, OpenFlag.RDWR | OpenFlag.TRUNC, 0));
            refused(() -> root.file(fresh, OpenFlag.WRONLY | OpenFlag.CREAT, 0644));
            refused(() -> root.makeFolder(fresh, 0755));
            refused(() -> root.symlink(file, fresh));
            refused(() -> root.remove(file));
            refused(() -> root.removeFolder("folder".getBytes(StandardCharsets.UTF_8)));
            refused(() -> root.rename(file, fresh));
            refused(() -> root.permissions(file, 0600));
            refused(() -> root.link(mount.path().resolve("file"), fresh));
            assertThatThrownBy(() -> Files.setLastModifiedTime(
                            mount.path().resolve("file"), java.nio.file.attribute.FileTime.fromMillis(1)))
                    .hasMessageContaining("Read-only file system");
        }
    }

    private static void refused(ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno().name()).isEqualTo("EROFS"));
    }

    @Test
    void a_view_is_mounted_once_and_unmounted_when_its_last_user_has_gone() throws IOException {
        ViewMount first = mounts.mounted(small(), Contents.of(payloads));
        ErofsMounts others = new ErofsMounts(folder.resolve("erofs"));
        ViewMount second = others.mounted(small(), Contents.of(payloads));
        assertThat(second.path()).isEqualTo(first.path());
        assertThat(mountsBelow()).isEqualTo(1);
        first.close();
        assertThat(mounts.unmountUnused()).isZero();
        assertThat(second.path().resolve("file")).hasContent("content");
        second.close();
        assertThat(mounts.unmountUnused()).isEqualTo(1);
        assertThat(first.path()).doesNotExist();
        assertThat(mounts.unmountUnused()).isZero();
    }

    @Test
    void who_has_the_key_mounts_again_without_the_view() throws IOException {
        ViewMount first = mounts.mounted(small(), Contents.of(payloads));
        first.close();
        mounts.unmountUnused();
        try (ViewMount again = mounts.again(first.key()).orElseThrow()) {
            assertThat(again.path().resolve("file")).hasContent("content");
        }
        mounts.unmountUnused();
        assertThat(mounts.again(Digest.EMPTY)).isEmpty();
        Files.delete(folder.resolve("payloads/pack"));
        assertThat(mounts.again(first.key())).isEmpty();
    }

    @Test
    void many_at_once_get_one_mount_while_it_comes_and_goes() throws Exception {
        View view = small();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> runs = new ArrayList<>();
            Callable<Boolean> use = () -> {
                ErofsMounts mine = new ErofsMounts(folder.resolve("erofs"));
                for (int i = 0; i < 50; i++) {
                    try (ViewMount mount = mine.mounted(view, Contents.of(payloads))) {
                        assertThat(mount.path().resolve("file")).hasContent("content");
                    }
                    mine.unmountUnused();
                }
                return true;
            };
            for (int i = 0; i < 4; i++) {
                runs.add(threads.submit(use));
            }
            for (Future<Boolean> run : runs) {
                assertThat(run.get()).isTrue();
            }
        }
        mounts.unmountUnused();
        assertThat(mountsBelow()).isZero();
    }

    private long mountsBelow() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains(String.valueOf(folder.getFileName())))
                    .count();
        }
    }

    @Test
    void an_image_that_was_torn_or_tampered_with_is_made_again() throws IOException {
        View view = small();
        ViewMount whole = mounts.mounted(view, Contents.of(payloads));
        whole.close();
        byte[] bytes = Files.readAllBytes(image(whole.key()));
        List<byte[]> hostile = new ArrayList<>();
        for (int keep : new int[] {0, 1, 1024, Format.BLOCK, bytes.length - 1}) {
            hostile.add(java.util.Arrays.copyOf(bytes, keep));
        }
        for (int at :
                new int[] {1024, 1030, Format.BLOCK + 40, bytes.length - 60, bytes.length - 13, bytes.length - 1}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            hostile.add(changed);
        }
        for (byte[] each : hostile) {
            mounts.unmountUnused();
            Files.write(image(whole.key()), each);
            assertThat(mounts.again(whole.key())).isEmpty();
            assertThat(image(whole.key())).doesNotExist();
            try (ViewMount mount = mounts.mounted(view, Contents.of(payloads))) {
                assertThat(mount.path().resolve("file")).hasContent("content");
                assertThat(image(whole.key())).hasBinaryContent(bytes);
            }
        }
    }

    @Test
    void an_image_of_somebody_else_never_reaches_the_kernel() throws IOException {
        ViewMount whole = mounts.mounted(small(), Contents.of(payloads));
        whole.close();
        mounts.unmountUnused();
        Path image = image(whole.key());
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(mounts.again(whole.key())).isEmpty();
        Path elsewhere = folder.resolve("elsewhere");
        mounts.mounted(small(), Contents.of(payloads)).close();
        mounts.unmountUnused();
        Files.move(image, elsewhere);
        Files.createSymbolicLink(image, elsewhere);
        assertThat(mounts.again(whole.key())).isEmpty();
        mounts.mounted(small(), Contents.of(payloads)).close();
        mounts.unmountUnused();
        Files.setAttribute(image, "unix:uid", 12345);
        assertThat(mounts.again(whole.key())).isEmpty();
        Files.setPosixFilePermissions(image.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> mounts.mounted(small(), Contents.of(payloads)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_UNAVAILABLE))
                .hasMessageContaining("somebody else");
    }

    @Test
    void contents_that_are_cut_off_or_not_padded_are_told_before_the_mount() throws IOException {
        View view = small();
        Path pack = folder.resolve("payloads/pack");
        byte[] bytes = Files.readAllBytes(pack);
        Files.write(pack, java.util.Arrays.copyOf(bytes, 7));
        assertThatThrownBy(() -> mounts.mounted(view, Contents.of(payloads)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_UNAVAILABLE))
                .hasMessageContaining("whole blocks");
        Files.delete(pack);
        assertThatThrownBy(() -> mounts.mounted(view, Contents.of(payloads)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING));
        Files.write(pack, bytes, StandardOpenOption.CREATE);
        mounts.mounted(view, Contents.of(payloads)).close();
    }
}
