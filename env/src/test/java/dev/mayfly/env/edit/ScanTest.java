package dev.mayfly.env.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.view.Stack;
import dev.mayfly.env.view.View;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanTest {
    private static final View NOTHING = Stack.view(List.of());

    @TempDir
    Path folder;

    private final MemoryIngest ingest = new MemoryIngest();
    private Leaks leaks;

    @BeforeEach
    void here() {
        Needs.linux();
        leaks = Leaks.snapshot(folder.getFileName().toString());
    }

    @AfterEach
    void nothingStaysOpen() {
        leaks.assertUnchanged();
    }

    private Scanned scan() {
        return FolderScan.scan(folder, ingest, ScanOptions.plain());
    }

    private static void shell(String script, Path at) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(at.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static MayflyException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return (MayflyException) org.assertj.core.api.Assertions.catchThrowable(call);
    }

    @Test
    void files_links_and_folders_keep_content_and_mode() throws Exception {
        shell("umask 022; mkdir -m 1777 d; printf abc >d/f; chmod 4751 d/f; ln -s ../no/where d/l; ln d/f d/h", folder);

        Scanned scanned = scan();
        View view = Stack.view(List.of(scanned.manifest()));
        int file = view.find("d/f").orElseThrow();
        assertThat(view.mode(view.find("d").orElseThrow())).isEqualTo(FileMode.DIRECTORY | 01777);
        assertThat(view.mode(file)).isEqualTo(FileMode.REGULAR | 04751);
        assertThat(view.size(file)).isEqualTo(3);
        assertThat(view.object(view.find("d/h").orElseThrow())).isEqualTo(view.object(file));
        int link = view.find("d/l").orElseThrow();
        assertThat(view.isSymlink(link)).isTrue();
        assertThat(ingest.payloads.get(view.object(link)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("../no/where");
        assertThat(scanned.files()).isEqualTo(3);
        assertThat(scanned.bytes()).isEqualTo(3 + 3 + 11);
    }

    @Test
    void names_are_bytes() throws Exception {
        shell("touch \"$(printf 'a\\377b')\" 'new\nline'", folder);

        assertThat(scan().manifest().root().entries())
                .extracting(Entry::name)
                .containsExactly(RawName.of(new byte[] {'a', (byte) 0xff, 'b'}), RawName.of("new\nline"));
    }

    @Test
    void holes_of_sparse_files_are_zeros() throws Exception {
        try (FileChannel file = FileChannel.open(
                folder.resolve("sparse"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {1}), 5_000_000);
        }
        byte[] expected = new byte[5_000_001];
        expected[5_000_000] = 1;
        assertThat(scan().manifest().root().entries().getFirst().object()).isEqualTo(Digest.of(expected));
    }

    @Test
    void what_no_layer_can_hold_is_refused_by_its_name_or_named_when_skipped() throws Exception {
        shell("mkdir d; mkfifo d/pipe; touch file", folder);

        assertThat(failure(this::scan).what()).isEqualTo("/d/pipe cannot be part of a layer");
        Scanned scanned = FolderScan.scan(folder, ingest, ScanOptions.plain().skippingSpecialFiles());
        assertThat(scanned.skipped()).containsExactly("/d/pipe");
        assertThat(scanned.manifest().root().entries()).hasSize(2);
    }

    @Test
    void a_file_that_is_written_to_meanwhile_is_noticed() throws Exception {
        Files.writeString(folder.resolve("a"), "a".repeat(1000));
        Files.writeString(folder.resolve("b"), "b");
        MemoryIngest slow = new MemoryIngest() {
            @Override
            public Written payload(InputStream content) throws IOException {
                Written written = super.payload(content);
                Files.writeString(folder.resolve("a"), "x", StandardOpenOption.APPEND);
                return written;
            }
        };
        assertThat(failure(() -> FolderScan.scan(folder, slow, ScanOptions.plain()))
                        .code())
                .isEqualTo(ErrorCode.FILES_CHANGED);
    }

    @Test
    void a_file_that_comes_goes_or_is_renamed_meanwhile_is_noticed() throws Exception {
        for (String change : List.of("touch new", "rm -f keep", "mv keep kept", "chmod 600 keep", "mkdir d/e")) {
            shell("rm -rf *; mkdir d; echo 1 >keep; echo 2 >read", folder);
            MemoryIngest slow = new MemoryIngest() {
                @Override
                public Written payload(InputStream content) throws IOException {
                    try {
                        shell(change + " || true", folder);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return super.payload(content);
                }
            };
            assertThat(failure(() -> FolderScan.scan(folder, slow, ScanOptions.plain()))
                            .code())
                    .as(change)
                    .isEqualTo(ErrorCode.FILES_CHANGED);
        }
    }

    @Test
    void trees_are_written_from_the_root_down_in_the_order_of_names() throws Exception {
        shell("mkdir -p b/x a/y; echo 1 >b/x/f; echo 2 >a/y/f; mkdir -p c/x; echo 1 >c/x/f", folder);

        Manifest manifest = scan().manifest();
        Tree root = manifest.root();
        Tree a = manifest.treeOf(root.find(RawName.of("a")).orElseThrow());
        Tree b = manifest.treeOf(root.find(RawName.of("b")).orElseThrow());
        assertThat(manifest.trees())
                .containsExactly(
                        root,
                        a,
                        manifest.treeOf(a.entries().getFirst()),
                        b,
                        manifest.treeOf(b.entries().getFirst()));
    }

    @Test
    void marks_of_an_overlay_become_masks() throws Exception {
        Needs.root();
        Path base = Files.createDirectory(folder.resolve("base"));
        Path upper = Files.createDirectory(folder.resolve("upper"));
        shell("mkdir -p gone d/sub e; touch gone/x d/one d/sub/deep e/f", base);
        View lower = Stack.view(
                List.of(FolderScan.scan(base, ingest, ScanOptions.plain()).manifest()));
        shell("mknod gone c 0 0; mkdir -p d/sub; touch d/two; touch e", upper);
        Needs.command("setfattr");
        shell("setfattr -n trusted.overlay.opaque -v y d", upper);

        Manifest layer = UpperScan.scan(upper, () -> lower, false, ingest, ScanOptions.plain())
                .manifest();
        assertThat(layer.root().find(RawName.of("gone")).orElseThrow().kind()).isEqualTo(EntryKind.MASK);
        View view = Stack.view(
                List.of(FolderScan.scan(base, ingest, ScanOptions.plain()).manifest(), layer));
        assertThat(view.find("gone")).isEmpty();
        assertThat(view.find("d/one")).isEmpty();
        assertThat(view.find("d/sub/deep")).isEmpty();
        assertThat(view.find("d/two")).isPresent();
        assertThat(view.isRegular(view.find("e").orElseThrow())).isTrue();
        assertThat(Diff.of(lower, layer))
                .extracting(change -> change.kind() + " " + change.text())
                .containsExactly(
                        "REMOVED /d/one",
                        "REMOVED /d/sub/deep",
                        "ADDED /d/two",
                        "CHANGED /e",
                        "REMOVED /e/f",
                        "REMOVED /gone",
                        "REMOVED /gone/x");

        shell("setfattr -n trusted.overlay.redirect -v /x d", upper);
        assertThatThrownBy(() -> UpperScan.scan(upper, () -> lower, false, ingest, ScanOptions.plain()))
                .hasMessageContaining("trusted.overlay.redirect");
    }

    @Test
    void what_is_as_below_can_be_left_out() throws Exception {
        shell("mkdir -p d/e; echo 1 >d/f; echo 2 >d/e/g", folder);
        View below = Stack.view(List.of(scan().manifest()));

        Files.setPosixFilePermissions(folder.resolve("d/f"), PosixFilePermissions.fromString("rwx------"));
        Scanned minimal = UpperScan.scan(
                folder, () -> below, true, ingest, ScanOptions.plain().leavingOutWhatIsSame());
        assertThat(Diff.of(below, minimal.manifest())).extracting(Change::text).containsExactly("/d/f");
        Manifest manifest = minimal.manifest();
        assertThat(manifest.treeOf(manifest.root().entries().getFirst()).entries())
                .hasSize(1);
    }

    @Test
    void nothing_changed_is_an_empty_layer_whatever_lies_below() throws Exception {
        Manifest big = big(100_000);
        View below = Stack.view(List.of(big));
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            Scanned scanned = UpperScan.scan(folder, () -> below, true, ingest, ScanOptions.plain());
            best = Math.min(best, System.nanoTime() - start);
            assertThat(scanned.isEmpty()).isTrue();
        }
        assertThat(best).isLessThan(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(below.count()).isGreaterThan(100_000);
    }

    @Test
    void what_is_below_is_asked_for_only_when_a_folder_hides_it_and_then_once() throws Exception {
        Needs.root();
        Needs.command("setfattr");
        shell("mkdir -p d/e; echo 1 >d/f", folder);
        int[] asked = new int[1];
        Supplier<View> below = () -> {
            asked[0]++;
            return Stack.view(List.of(big(1000)));
        };
        UpperScan.scan(folder, below, false, ingest, ScanOptions.plain());
        assertThat(asked[0]).isZero();

        shell("setfattr -n trusted.overlay.opaque -v y d d/e", folder);
        UpperScan.scan(folder, below, false, ingest, ScanOptions.plain().leavingOutWhatIsSame());
        assertThat(asked[0]).isEqualTo(1);
    }

    private static Manifest big(int files) {
        List<Tree> folders = new java.util.ArrayList<>();
        List<Entry> root = new java.util.ArrayList<>();
        for (int i = 0; i < files / 1000; i++) {
            List<Entry> entries = new java.util.ArrayList<>();
            for (int j = 0; j < 1000; j++) {
                entries.add(Entry.blob(RawName.of("f" + i + "-" + j), FileMode.REGULAR | 0644, Digest.EMPTY, 0));
            }
            Tree tree = Tree.of(entries);
            folders.add(tree);
            root.add(Entry.tree(RawName.of("d" + i), FileMode.DIRECTORY | 0755, tree.digest()));
        }
        folders.addFirst(Tree.of(root));
        return Manifest.of(folders);
    }
}
