package dev.mayfly.env.repo.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Wanted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final TagName B = TagName.parse("graph/b");
    private static final List<Wanted> ALL = List.of(Wanted.history(A), Wanted.history(B));
    private static final TarLimits SMALL = new TarLimits(5_000, 10 << 20, 1 << 20, 1 << 20);

    @TempDir
    Path temp;

    private final MemoryRepository to = new MemoryRepository("to");

    private static byte[] export(MemoryRepository from) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TarExport(from, CopyOptions.USUAL).write(out, ALL);
        return out.toByteArray();
    }

    private static MemoryRepository graph(long seed) {
        MemoryRepository from = new MemoryRepository("from");
        new Graphs(seed).into(from);
        return from;
    }

    private static TarReport read(byte[] tar, MemoryRepository to) {
        return new TarImport(to, SMALL).read(new ByteArrayInputStream(tar), "test.tar");
    }

    private void refuses(byte[] tar, String why) {
        assertThatThrownBy(() -> read(tar, to)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
            assertThat(e.why()).contains(why);
        });
        assertThat(to.size()).as("nothing is kept").isZero();
    }

    @Property(tries = 200)
    void any_graph_comes_back_equal_with_its_tags(@ForAll long seed) throws IOException {
        MemoryRepository from = graph(seed);
        MemoryRepository back = new MemoryRepository("back");
        byte[] tar = export(from);
        TarReport report = read(tar, back);
        assertThat(back.content().get(0)).containsAllEntriesOf(from.content().get(0));
        assertThat(back.content().get(1)).isEqualTo(from.content().get(1));
        assertThat(back.tags().history(A)).isEqualTo(from.tags().history(A));
        assertThat(back.tags().history(B)).isEqualTo(from.tags().history(B));
        assertThat(report.payloads()).isEqualTo(from.content().get(1).size());
        assertThat(export(back)).as("the same content gives the same bytes").isEqualTo(tar);
    }

    @Test
    void names_are_those_of_spfs() throws IOException {
        MemoryRepository from = graph(1);
        byte[] tar = export(from);
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
                assertThat(each.getName())
                        .matches("(objects|payloads)/[A-Z2-7]{2}/[A-Z2-7]{50}====|tags/graph/[ab]\\.tag");
                assertThat(each.getLastModifiedTime().toMillis()).isZero();
            }
        }
    }

    @Test
    void what_spfs_keeps_besides_content_is_left_out() throws IOException {
        byte[] tar = archive(out -> {
            file(out, "./VERSION", "0.35.0");
            folder(out, "./");
            folder(out, "./objects/work/");
            file(out, "./payloads/work/0b1c", "half");
            file(out, "./renders/somebody/AB/x", "y");
            file(out, "./tags/other#ns/org/name.tag", "y");
            file(out, "./tags/org/name.tag.lock", "");
        });
        assertThat(read(tar, to).leftOut()).isEqualTo(5);
        assertThat(to.size()).isZero();
    }

    @Test
    void names_that_lead_out_or_that_no_environment_has_are_refused() throws IOException {
        Digest digest = Digest.of(new byte[] {1});
        String hashed =
                digest.toString().substring(0, 2) + "/" + digest.toString().substring(2);
        for (String name : List.of(
                "/objects/" + hashed,
                "../objects/" + hashed,
                "objects/../../etc/passwd",
                "tags/../../x.tag",
                "tags/a/../b.tag",
                "renders/../../x",
                "etc/passwd",
                "objects/" + digest,
                "objects/" + hashed.toLowerCase(java.util.Locale.ROOT),
                "objects//" + hashed,
                "tags/.tag",
                "objects\\" + hashed)) {
            byte[] tar = archive(out -> file(out, name, "x"));
            refuses(tar, "the name ");
        }
        refuses(archive(out -> folder(out, "a/../../b/")), "leads out");
    }

    @Test
    void links_devices_and_sparse_members_are_refused() throws IOException {
        for (byte type : new byte[] {
            TarConstants.LF_LINK,
            TarConstants.LF_SYMLINK,
            TarConstants.LF_CHR,
            TarConstants.LF_BLK,
            TarConstants.LF_FIFO,
            TarConstants.LF_GNUTYPE_SPARSE
        }) {
            byte[] tar = archive(out -> {
                TarArchiveEntry entry = new TarArchiveEntry("VERSION", type);
                entry.setLinkName("/etc/passwd");
                out.putArchiveEntry(entry);
                out.closeArchiveEntry();
            });
            assertThatThrownBy(() -> read(tar, to))
                    .as("type %s", (char) type)
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            assertThat(to.size()).isZero();
        }
    }

    @Test
    void a_member_that_is_there_twice_is_refused() throws IOException {
        Digest digest = Digest.of("x".getBytes(StandardCharsets.UTF_8));
        refuses(
                archive(out -> {
                    file(out, MemberName.ofPayload(digest), "x");
                    file(out, "./" + MemberName.ofPayload(digest), "x");
                }),
                "twice");
    }

    @Test
    void content_with_another_digest_is_refused() throws IOException {
        Digest digest = Digest.of("x".getBytes(StandardCharsets.UTF_8));
        refuses(archive(out -> file(out, MemberName.ofPayload(digest), "y")), digest.toString());
        refuses(archive(out -> file(out, MemberName.ofObject(digest), "y")), "no object");
    }

    @Test
    void too_many_too_large_and_too_long_are_refused() throws IOException {
        byte[] many = archive(out -> {
            for (int i = 0; i <= 5_000; i++) {
                file(out, "renders/" + i, "");
            }
        });
        refuses(many, "more than 5000 members");
        byte[] big = archive(out -> file(out, "renders/big", "x".repeat(11 << 20)));
        refuses(big, "more than 10485760 bytes");
        byte[] object =
                archive(out -> file(out, MemberName.ofObject(Digest.of(new byte[] {1})), "x".repeat((1 << 20) + 1)));
        refuses(object, "more than 1048576");
        byte[] name = archive(out -> file(out, "renders/" + "n".repeat(9_000), ""));
        refuses(name, "header of a member");
    }

    @Test
    void an_archive_that_misses_something_is_refused_with_who_names_it() throws IOException {
        MemoryRepository from = graph(2);
        Digest lost = from.content().get(1).keySet().iterator().next();
        byte[] whole = export(from);
        byte[] tar = archive(out -> {
            try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(whole))) {
                for (TarArchiveEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
                    if (!each.getName().equals(MemberName.ofPayload(lost))) {
                        out.putArchiveEntry(each);
                        in.transferTo(out);
                        out.closeArchiveEntry();
                    }
                }
            }
        });
        assertThatThrownBy(() -> read(tar, to)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING);
            assertThat(e.what()).contains(lost.toString());
            assertThat(e.why()).contains("the object ");
        });
        assertThat(to.size()).isZero();
    }

    @Test
    void an_archive_that_ends_early_is_refused_wherever_it_ends() throws IOException {
        byte[] whole = export(graph(3));
        int end = whole.length;
        while (whole[end - 1] == 0) {
            end--;
        }
        Random random = new Random(3);
        for (int i = 0; i < 150; i++) {
            int length = i < 20 ? end / 512 * 512 - i * 512 : random.nextInt(end);
            byte[] cut = Arrays.copyOf(whole, Math.max(0, length));
            assertThatThrownBy(() -> read(cut, to))
                    .as("cut to %s of %s bytes", length, whole.length)
                    .isInstanceOf(MayflyException.class);
            assertThat(to.size()).isZero();
            assertThat(to.tags().history(A)).isEmpty();
        }
    }

    @Test
    void an_archive_with_a_changed_byte_is_refused_or_gives_the_same_content() throws IOException {
        MemoryRepository from = graph(4);
        byte[] whole = export(from);
        Random random = new Random(4);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] changed = whole.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            MemoryRepository target = new MemoryRepository("target");
            try {
                read(changed, target);
                assertThat(target.content().get(1)).isEqualTo(from.content().get(1));
            } catch (MayflyException e) {
                assertThat(target.size()).isZero();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(50);
    }

    @Test
    void a_failed_export_leaves_the_file_that_was_there() throws IOException {
        Path file = temp.resolve("out.tar");
        Files.writeString(file, "old");
        MemoryRepository from = graph(5);
        from.damagePayload(from.content().get(1).keySet().iterator().next());
        assertThatThrownBy(() -> new TarExport(from, CopyOptions.USUAL).replace(file, ALL))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
        assertThat(file).hasContent("old");
        try (var left = Files.list(temp)) {
            assertThat(left).containsExactly(file);
        }
        new TarExport(graph(6), CopyOptions.USUAL).replace(file, ALL);
        assertThat(new TarImport(to, TarLimits.USUAL).read(file).tags()).hasSizeGreaterThanOrEqualTo(2);
    }

    private interface Writing {
        void to(TarArchiveOutputStream out) throws IOException;
    }

    private static byte[] archive(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            writing.to(out);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream out, String name, String content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
    }

    private static void folder(TarArchiveOutputStream out, String name) throws IOException {
        out.putArchiveEntry(new TarArchiveEntry(name));
        out.closeArchiveEntry();
    }
}
