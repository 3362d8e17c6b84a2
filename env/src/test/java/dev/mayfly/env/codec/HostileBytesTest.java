package dev.mayfly.env.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.flatbuffers.FlatBufferBuilder;
import com.sun.management.ThreadMXBean;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Encoded;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Bytes that are meant to harm: reading them ends with a value or with CONTENT_CORRUPT, and costs what they weigh. */
class HostileBytesTest {
    /** Bytes of memory that one byte of an object may cost when it is read and, if it can be, written again. */
    private static final long COST = 400;

    /** And whatever its length, most of it for stack traces. */
    private static final long BASE_COST = 200_000;

    private static final int MUTATIONS = 60_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void bytes_that_were_changed_at_random_are_an_object_or_corrupt() {
        List<GoldenTest.Vector> vectors = GoldenTest.vectors();
        Random random = new Random(42);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            GoldenTest.Vector vector = vectors.get(random.nextInt(vectors.size()));
            byte[] bytes = mutate(vector.bytes(), random, vector.isTag() ? 0 : Header.SIZE);
            if (vector.isTag() ? tagIsReadOrCorrupt(bytes) : objectIsReadOrCorrupt(bytes)) {
                read++;
            }
        }
        assertThat(read)
                .as("some changes must leave an object, else the test tests headers only")
                .isGreaterThan(100);
    }

    @Property(tries = 2000)
    void any_bytes_are_an_object_or_corrupt(@ForAll byte[] bytes, @ForAll boolean flat, @ForAll byte kind) {
        byte[] body = ByteBuffer.allocate(Header.SIZE + bytes.length)
                .put("--SPFS--\n".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) (flat ? 1 : 0))
                .put(new byte[5])
                .put((byte) (kind & 3))
                .put(bytes)
                .array();
        objectIsReadOrCorrupt(body);
        objectIsReadOrCorrupt(bytes);
        tagIsReadOrCorrupt(bytes);
    }

    @Test
    void a_byte_that_was_flipped_never_passes_for_the_object_that_was_asked_for() {
        for (GoldenTest.Vector vector : GoldenTest.vectors()) {
            if (vector.isTag()) {
                continue;
            }
            var honest = ObjectCodec.decode(vector.bytes()).object();
            for (int at = 0; at < vector.bytes().length; at++) {
                byte[] bytes = vector.bytes().clone();
                bytes[at] ^= 1;
                try {
                    Decoded decoded = ObjectCodec.decode(new Encoded(vector.digest(), bytes));
                    // Padding, and the size of a blob, which is not in its digest.
                    if (decoded.header().kind() != ObjectKind.BLOB) {
                        assertThat(decoded.object())
                                .as(vector.name() + " at " + at)
                                .isEqualTo(honest);
                    }
                } catch (MayflyException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
                }
            }
        }
    }

    @Test
    void counts_are_not_believed() {
        byte[] legacy = ByteBuffer.allocate(Header.SIZE + 8)
                .put(header(Format.LEGACY, ObjectKind.PLATFORM))
                .putLong(Long.MAX_VALUE)
                .array();
        corrupt(() -> ObjectCodec.decode(legacy), "more than its bytes can hold");
        legacy[Header.SIZE] = -1;
        corrupt(() -> ObjectCodec.decode(legacy), "more than its bytes can hold");
    }

    @Test
    void parts_that_stand_for_many_because_they_overlap_are_refused() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int[] entries = new int[1];
        int name = builder.createString("same");
        builder.startTable(5);
        builder.addOffset(4, name, 0);
        builder.prep(1, 32);
        for (int i = 0; i < 32; i++) {
            builder.putByte((byte) i);
        }
        builder.addStruct(1, builder.offset(), 0);
        entries[0] = builder.endTable();
        int vector = vectorOf(builder, entries);
        builder.startTable(1);
        builder.addOffset(0, vector, 0);
        int tree = builder.endTable();
        int[] trees = new int[100_000];
        Arrays.fill(trees, tree);
        byte[] bytes = any(builder, vectorOf(builder, trees));
        corrupt(() -> ObjectCodec.decode(bytes), "more parts than its bytes can hold");
    }

    @Test
    void folders_that_multiply_by_naming_each_other_are_refused() {
        List<Tree> below = new ArrayList<>();
        Tree tree = Tree.of(List.of(file("f")));
        for (int i = 0; i < 60; i++) {
            below.add(tree);
            tree = Tree.of(List.of(
                    Entry.tree(RawName.of("a"), FileMode.DIRECTORY | 0755, tree.digest()),
                    Entry.tree(RawName.of("b"), FileMode.DIRECTORY | 0755, tree.digest())));
        }
        for (Format format : Format.values()) {
            Encoded laughs = ObjectCodec.encode(Manifest.of(tree, below), format, Strategy.SALTED);
            corrupt(() -> ObjectCodec.decode(laughs), "more than 20000000 files");
        }
    }

    @Test
    void folders_that_are_deeper_than_any_path_are_refused_without_a_deep_call() {
        List<Tree> below = new ArrayList<>();
        Tree tree = Tree.of(List.of());
        for (int i = 0; i < Shape.DEEPEST; i++) {
            below.add(tree);
            tree = Tree.of(List.of(Entry.tree(RawName.of("d"), FileMode.DIRECTORY | 0755, tree.digest())));
        }
        Encoded deepest = ObjectCodec.encode(Manifest.of(tree, below), Form.USUAL);
        assertThat(ObjectCodec.decode(deepest).digest()).isEqualTo(deepest.digest());
        for (int i = 0; i < 50_000; i++) {
            below.add(tree);
            tree = Tree.of(List.of(Entry.tree(RawName.of("d"), FileMode.DIRECTORY | 0755, tree.digest())));
        }
        Encoded deeper = ObjectCodec.encode(Manifest.of(tree, below), Form.USUAL);
        corrupt(() -> ObjectCodec.decode(deeper), "deeper than 2048");
    }

    @Test
    void a_folder_that_is_not_there_or_a_name_that_is_there_twice_is_refused() {
        ByteBuffer missing = ByteBuffer.allocate(200).put(header(Format.LEGACY, ObjectKind.MANIFEST));
        putEntries(missing, 1, "tree");
        missing.putLong(0);
        corrupt(() -> ObjectCodec.decode(Arrays.copyOf(missing.array(), missing.position())), "is missing");
        ByteBuffer twice = ByteBuffer.allocate(400).put(header(Format.LEGACY, ObjectKind.MANIFEST));
        putEntries(twice, 2, "file");
        twice.putLong(0);
        corrupt(() -> ObjectCodec.decode(Arrays.copyOf(twice.array(), twice.position())), "twice");
    }

    private static void putEntries(ByteBuffer bytes, int count, String kind) {
        bytes.putLong(count);
        for (int i = 0; i < count; i++) {
            Samples.digest("x").put(bytes);
            bytes.put(LegacyBody.text(kind)).putLong(0100644).putLong(1).put(LegacyBody.text("n"));
        }
    }

    private static Entry file(String name) {
        return Entry.blob(RawName.of(name), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
    }

    private static byte[] header(Format format, ObjectKind kind) {
        ByteBuffer bytes = ByteBuffer.allocate(Header.SIZE);
        new Header(new Form(format, Strategy.SALTED), kind).put(bytes);
        return bytes.array();
    }

    private static int vectorOf(FlatBufferBuilder builder, int[] offsets) {
        builder.startVector(4, offsets.length, 4);
        for (int each : offsets) {
            builder.addOffset(each);
        }
        return builder.endVector();
    }

    private static byte[] any(FlatBufferBuilder builder, int trees) {
        builder.startTable(1);
        builder.addOffset(0, trees, 0);
        int manifest = builder.endTable();
        builder.startTable(2);
        builder.addOffset(1, manifest, 0);
        builder.addByte(0, (byte) FlatSchema.TYPE_MANIFEST, 0);
        builder.finish(builder.endTable());
        byte[] body = builder.sizedByteArray();
        return ByteBuffer.allocate(Header.SIZE + body.length)
                .put(header(Format.FLATBUFFERS, ObjectKind.MANIFEST))
                .put(body)
                .array();
    }

    private static byte[] mutate(byte[] honest, Random random, int from) {
        byte[] bytes = honest.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > from; i++) {
            int at = from + random.nextInt(bytes.length - from);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) (random.nextBoolean() ? -1 : 0));
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    int length = Math.min(1 + random.nextInt(40), bytes.length - at);
                    int source = from + random.nextInt(bytes.length - from - length + 1);
                    System.arraycopy(bytes, source, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private boolean objectIsReadOrCorrupt(byte[] bytes) {
        return readOrCorrupt(bytes, () -> {
            Decoded decoded = ObjectCodec.decode(bytes);
            Encoded again =
                    ObjectCodec.encode(decoded.object(), decoded.header().form());
            assertThat(again.digest()).isEqualTo(decoded.digest());
            return decoded;
        });
    }

    private boolean tagIsReadOrCorrupt(byte[] bytes) {
        return readOrCorrupt(bytes, () -> TagCodec.decode(bytes));
    }

    private boolean readOrCorrupt(byte[] bytes, Supplier<Object> read) {
        long before = threads.getCurrentThreadAllocatedBytes();
        Throwable thrown = catchThrowable(read::get);
        long cost = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(cost).as("bytes of memory for " + bytes.length).isLessThan(BASE_COST + COST * bytes.length);
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(MayflyException.class);
            assertThat(((MayflyException) thrown).code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
        }
        return thrown == null;
    }

    private static void corrupt(Supplier<Object> read, String why) {
        Throwable thrown = catchThrowable(read::get);
        assertThat(thrown).isInstanceOf(MayflyException.class);
        assertThat(((MayflyException) thrown).code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
        assertThat(((MayflyException) thrown).why()).contains(why);
    }
}
