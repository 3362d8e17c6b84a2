package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.platform.linux.RawEntry;
import dev.mayfly.platform.linux.RawFolder;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views at the edges of the format, on the kernel of this machine. */
class HardImagesTest {
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

    private void assertShown(View view) throws IOException {
        try (ViewMount mount = mounts.mounted(view, Contents.of(payloads))) {
            ShownTree.assertShows(mount.path(), view, payloads, true);
        }
    }

    private void file(ViewBuilder.Node to, String name, int size) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) 'x');
        to.file(RawName.of(name), FileMode.REGULAR | 0644, payloads.put(content), size);
    }

    @Test
    void a_view_of_nothing() throws IOException {
        assertShown(new ViewBuilder().build());
    }

    @Test
    void links_with_targets_of_all_lengths_about_the_edge_of_a_block() throws IOException {
        ViewBuilder view = new ViewBuilder();
        for (int length : new int[] {1, 2, 31, 32, 33, 2000, 4031, 4032, 4033, 4063, 4064, 4065, 4094, 4095}) {
            byte[] target = new byte[length];
            Arrays.fill(target, (byte) 't');
            view.root().file(RawName.of("link" + length), FileMode.SYMLINK | 0777, payloads.put(target), length);
        }
        assertShown(view.build());
    }

    @Test
    void names_of_255_bytes_and_names_around_the_dots() throws IOException {
        ViewBuilder view = new ViewBuilder();
        for (String name : new String[] {"-", "--", ".-", ".a", "..a", "...", ".,", "..,", "0", "!", "é"}) {
            file(view.root(), name, 1);
        }
        for (char each = 'a'; each <= 'z'; each++) {
            file(view.root(), String.valueOf(each).repeat(RawName.LONGEST), 1);
        }
        view.root().directory(RawName.of(new byte[] {(byte) 0xff, (byte) 0xfe}), FileMode.DIRECTORY | 0700);
        assertShown(view.build());
    }

    /** A block has 4096 bytes, {@code .} and {@code ..} take 27 of the first, an entry 12 and its name. */
    @Test
    void directories_whose_blocks_are_filled_to_the_last_byte_or_nearly() throws IOException {
        ViewBuilder view = new ViewBuilder();
        for (int off = -3; off <= 3; off++) {
            ViewBuilder.Node one = view.root().directory(RawName.of("one" + off), FileMode.DIRECTORY | 0755);
            fill(one, 4096 - 27 + off);
            ViewBuilder.Node two = view.root().directory(RawName.of("two" + off), FileMode.DIRECTORY | 0755);
            fill(two, 4096 - 27 + 4096 + off);
        }
        for (int tail = 4050; tail <= 4070; tail++) {
            fill(view.root().directory(RawName.of("tail" + tail), FileMode.DIRECTORY | 0755), tail - 27);
        }
        assertShown(view.build());
    }

    private void fill(ViewBuilder.Node directory, int bytes) {
        int left = bytes;
        for (int i = 0; left > 0; i++) {
            int entry = left >= 2 * 64 ? 64 : left;
            String name = String.format(Locale.ROOT, "%03d", i);
            directory.file(
                    RawName.of(name + "n".repeat(entry - 12 - name.length())),
                    FileMode.REGULAR | 0600,
                    Digest.EMPTY,
                    0);
            left -= entry;
        }
        payloads.put(new byte[0]);
    }

    @Test
    void files_that_end_about_the_edges_of_blocks() throws IOException {
        ViewBuilder view = new ViewBuilder();
        for (int blocks : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9}) {
            for (int off = -1; off <= 1; off++) {
                if (blocks * 4096 + off >= 0) {
                    file(view.root(), blocks + "+" + off, blocks * 4096 + off);
                }
            }
        }
        assertShown(view.build());
    }

    @Test
    void contents_in_as_many_files_as_share_one_space_and_in_one_more() throws IOException {
        for (int count : new int[] {1, 3, 64, 65}) {
            TestPayloads alone = new TestPayloads(Files.createDirectory(folder.resolve("alone-" + count)), false);
            ViewBuilder builder = new ViewBuilder();
            for (int i = 0; i < count; i++) {
                byte[] content = new byte[1 + i * 523 % 13_000];
                new Random(i).nextBytes(content);
                builder.root().file(RawName.of("f" + i), FileMode.REGULAR | 0644, alone.put(content), content.length);
            }
            View view = builder.build();
            assertThat(new Placement(view, Contents.of(alone), ErofsOptions.DEFAULT).inOneSpace())
                    .isEqualTo(count <= Format.MOST_IN_ONE_SPACE);
            try (ViewMount mount = mounts.mounted(view, Contents.of(alone))) {
                ShownTree.assertShows(mount.path(), view, alone, true);
            }
        }
    }

    @Test
    void a_content_that_lies_terabytes_into_a_file_behind_another_file() throws IOException {
        byte[] content = "far out".getBytes(StandardCharsets.UTF_8);
        Path near = Files.write(folder.resolve("near"), new byte[Format.BLOCK]);
        Path far = folder.resolve("nearly-endless");
        long offset = 9L << 40; // Its number of a block is negative as an int.
        try (FileChannel channel = FileChannel.open(
                far, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(Arrays.copyOf(content, Format.BLOCK)), offset);
        }
        ViewBuilder builder = new ViewBuilder();
        Digest empty = Digest.of(new byte[Format.BLOCK]);
        builder.root().file(RawName.of("far"), FileMode.REGULAR | 0644, Digest.of(content), content.length);
        builder.root().file(RawName.of("near"), FileMode.REGULAR | 0644, empty, Format.BLOCK);
        Contents contents = new Contents() {
            @Override
            public Place place(Digest payload, long size) {
                return new Place.InFile(
                        payload.equals(empty)
                                ? new FileRange(near, 0, Format.BLOCK)
                                : new FileRange(far, offset, content.length));
            }

            @Override
            public byte[] bytes(Digest payload, long size) {
                throw new AssertionError("nothing is inline");
            }
        };
        try (ViewMount mount = mounts.mounted(builder.build(), contents)) {
            assertThat(mount.path().resolve("far")).hasBinaryContent(content);
            assertThat(mount.path().resolve("near")).hasBinaryContent(new byte[Format.BLOCK]);
        }
    }

    @Test
    void more_directories_in_one_than_sixteen_bits_count() throws IOException {
        ViewBuilder view = new ViewBuilder();
        for (int i = 0; i < 66_000; i++) {
            view.root().directory(RawName.of("d" + i), FileMode.DIRECTORY | 0755);
        }
        try (ViewMount mount = mounts.mounted(view.build(), Contents.of(payloads));
                RawFolder root = RawFolder.open(mount.path())) {
            assertThat(root.status().links()).isEqualTo(66_002);
            assertThat(root.list()).hasSize(66_000);
        }
    }

    @Test
    void a_directory_of_a_million_entries() throws IOException {
        int count = 1_000_000;
        ViewBuilder view = new ViewBuilder();
        ViewBuilder.Node wide = view.root().directory(RawName.of("wide"), FileMode.DIRECTORY | 0755);
        for (int i = 0; i < count; i++) {
            wide.file(RawName.of("file-" + i), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        }
        byte[] name = "wide".getBytes(StandardCharsets.UTF_8);
        try (ViewMount mount = mounts.mounted(view.build(), Contents.of(payloads));
                RawFolder root = RawFolder.open(mount.path());
                RawFolder below = root.folder(name)) {
            Set<String> names = new HashSet<>();
            Set<Long> inodes = new HashSet<>();
            for (RawEntry each : below.list()) {
                names.add(new String(each.name(), StandardCharsets.UTF_8));
                inodes.add(each.inode());
            }
            assertThat(names).hasSize(count).contains("file-0", "file-500000", "file-999999");
            assertThat(inodes).hasSize(count);
            for (int i = 0; i < count; i += 99_991) {
                byte[] each = ("file-" + i).getBytes(StandardCharsets.UTF_8);
                assertThat(below.status(each).size()).isZero();
            }
            assertThatThrownBy(() -> below.status("file-1000000".getBytes(StandardCharsets.UTF_8)))
                    .hasMessageContaining("ENOENT");
        }
    }

    @Test
    void the_same_view_gives_the_same_bytes_and_another_place_another_key() throws IOException {
        View view = RandomView.of(7, payloads, 300);
        Placement once = new Placement(view, Contents.of(payloads), ErofsOptions.DEFAULT);
        Placement twice = new Placement(RandomView.of(7, payloads, 300), Contents.of(payloads), ErofsOptions.DEFAULT);
        assertThat(twice.key()).isEqualTo(once.key());
        assertThat(ImageWriter.write(twice)).isEqualTo(ImageWriter.write(once));
        Path moved = Files.createDirectory(folder.resolve("moved"));
        TestPayloads again = new TestPayloads(moved, true);
        RandomView.of(7, again, 300);
        Placement elsewhere = new Placement(view, Contents.of(again), ErofsOptions.DEFAULT);
        assertThat(elsewhere.key()).isNotEqualTo(once.key());
        ErofsOptions later = new ErofsOptions(0, 0, 1, 0);
        assertThat(new Placement(view, Contents.of(payloads), later).key()).isNotEqualTo(once.key());
    }

    @Test
    void what_is_no_file_and_links_to_nowhere_are_refused_by_their_path() {
        ViewBuilder device = new ViewBuilder();
        device.root().file(RawName.of("tty"), FileMode.CHARACTER_DEVICE | 0666, Digest.EMPTY, 0);
        assertThatThrownBy(() -> mounts.mounted(device.build(), Contents.of(payloads)))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("/tty");
        ViewBuilder link = new ViewBuilder();
        link.root().file(RawName.of("link"), FileMode.SYMLINK | 0777, Digest.EMPTY, 4096);
        assertThatThrownBy(() -> mounts.mounted(link.build(), Contents.of(payloads)))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("4096");
    }
}
