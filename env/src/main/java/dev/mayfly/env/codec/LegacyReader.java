package dev.mayfly.env.codec;

import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link LegacyBody} writes. Counts are compared with the bytes that are left before anything is made. */
final class LegacyReader {
    private static final int LEAST_TREE = Long.BYTES;
    private static final int LEAST_ENTRY = Digest.BYTES + "file\0".length() + 2 * Long.BYTES + "a\0".length();

    private final ByteBuffer bytes;
    private final Header header;

    LegacyReader(byte[] bytes, Header header) {
        this.bytes = ByteBuffer.wrap(bytes);
        this.bytes.position(Header.SIZE);
        this.header = header;
    }

    EnvObject read() {
        EnvObject object = switch (header.kind()) {
            case BLOB -> new Blob(digest(), size());
            case MANIFEST -> manifest();
            case LAYER -> Layer.of(digest());
            case PLATFORM -> platform();
        };
        if (bytes.hasRemaining()) {
            throw Corrupt.object("after its end come " + bytes.remaining() + " more bytes");
        }
        return object;
    }

    private Manifest manifest() {
        List<Tree> trees = new ArrayList<>();
        trees.add(tree());
        int more = count(LEAST_TREE);
        for (int i = 0; i < more; i++) {
            trees.add(tree());
        }
        return Manifest.of(trees);
    }

    private Tree tree() {
        int count = count(LEAST_ENTRY);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Digest object = digest();
            EntryKind kind = EntryKinds.ofWord(word());
            long mode = number();
            if (mode != (int) mode && mode >>> Integer.SIZE != 0) {
                throw Corrupt.object("a mode has more than 32 bits");
            }
            entries.add(new Entry(kind, object, (int) mode, size(), name()));
        }
        return Tree.of(entries);
    }

    private Platform platform() {
        int count = count(Digest.BYTES);
        List<Digest> topDown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topDown.add(digest());
        }
        return new Platform(topDown.reversed());
    }

    private Digest digest() {
        need(Digest.BYTES);
        Digest digest = Digest.at(bytes.array(), bytes.position());
        bytes.position(bytes.position() + Digest.BYTES);
        return digest;
    }

    private long number() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    private long size() {
        return Sizes.of(number());
    }

    private int count(int least) {
        long count = number();
        if (count < 0 || count > bytes.remaining() / least) {
            throw Corrupt.object("it claims " + Long.toUnsignedString(count) + " parts, more than its bytes can hold");
        }
        return (int) count;
    }

    /** The bytes before the next NUL, which is passed over. */
    private byte[] word() {
        int from = bytes.position();
        int most = Math.min(bytes.limit(), from + RawName.LONGEST + 1);
        for (int at = from; at < most; at++) {
            if (bytes.get(at) == 0) {
                byte[] word = new byte[at - from];
                bytes.get(word).position(at + 1);
                return word;
            }
        }
        throw Corrupt.object("a name has no end, or more than " + RawName.LONGEST + " bytes");
    }

    private RawName name() {
        return EntryNames.of(word(), header.form().names());
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw Corrupt.object("it ends after " + bytes.limit() + " bytes, within a part");
        }
    }
}
