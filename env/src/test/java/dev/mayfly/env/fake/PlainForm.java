package dev.mayfly.env.fake;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Encoded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shortest writing that can be read again; nobody else's format. */
public final class PlainForm implements Form {
    private static final int BLOB = 1;
    private static final int MANIFEST = 2;
    private static final int LAYER = 3;
    private static final int PLATFORM = 4;

    @Override
    public Encoded encode(EnvObject object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(object, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] encoded = bytes.toByteArray();
        return new Encoded(object instanceof Blob blob ? blob.payload() : Digest.of(encoded), encoded);
    }

    private static void write(EnvObject object, DataOutputStream out) throws IOException {
        switch (object) {
            case Blob blob -> {
                out.writeByte(BLOB);
                out.write(blob.payload().bytes());
                out.writeLong(blob.size());
            }
            case Manifest manifest -> {
                out.writeByte(MANIFEST);
                out.writeInt(manifest.trees().size());
                for (Tree tree : manifest.trees()) {
                    out.writeInt(tree.entries().size());
                    for (Entry entry : tree.entries()) {
                        out.writeByte(entry.kind().ordinal());
                        out.write(entry.object().bytes());
                        out.writeInt(entry.mode());
                        out.writeLong(entry.size());
                        out.writeByte(entry.name().length());
                        out.write(entry.name().bytes());
                    }
                }
            }
            case Layer layer -> {
                out.writeByte(LAYER);
                out.write(layer.manifest().orElse(Digest.NULL).bytes());
                out.writeInt(layer.annotations().size());
                for (Annotation annotation : layer.annotations()) {
                    out.writeUTF(annotation.key());
                    switch (annotation.value()) {
                        case Annotation.Inline(String text) -> {
                            out.writeBoolean(true);
                            out.writeUTF(text);
                        }
                        case Annotation.Stored(Digest blob) -> {
                            out.writeBoolean(false);
                            out.write(blob.bytes());
                        }
                    }
                }
            }
            case Platform platform -> {
                out.writeByte(PLATFORM);
                out.writeInt(platform.stack().size());
                for (Digest each : platform.stack()) {
                    out.write(each.bytes());
                }
            }
        }
    }

    @Override
    public EnvObject decode(Encoded encoded) {
        EnvObject object;
        try {
            object = read(new DataInputStream(new ByteArrayInputStream(encoded.bytes())));
        } catch (IOException | IllegalArgumentException e) {
            throw corrupt(encoded.digest());
        }
        if (!encode(object).digest().equals(encoded.digest())) {
            throw corrupt(encoded.digest());
        }
        return object;
    }

    private static MayflyException corrupt(Digest digest) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                digest + " is damaged",
                "it is no object with this digest",
                "fetch it again");
    }

    private static EnvObject read(DataInputStream in) throws IOException {
        return switch (in.readByte()) {
            case BLOB -> new Blob(digest(in), in.readLong());
            case MANIFEST -> manifest(in);
            case LAYER -> layer(in);
            case PLATFORM -> {
                List<Digest> stack = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    stack.add(digest(in));
                }
                yield new Platform(stack);
            }
            default -> throw new IOException("no such kind");
        };
    }

    private static Manifest manifest(DataInputStream in) throws IOException {
        List<Tree> trees = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            List<Entry> entries = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                EntryKind kind = EntryKind.values()[in.readByte()];
                Digest object = digest(in);
                int mode = in.readInt();
                long size = in.readLong();
                entries.add(new Entry(kind, object, mode, size, RawName.of(in.readNBytes(in.readUnsignedByte()))));
            }
            trees.add(Tree.of(entries));
        }
        return Manifest.of(trees);
    }

    private static Layer layer(DataInputStream in) throws IOException {
        Digest manifest = digest(in);
        List<Annotation> annotations = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String key = in.readUTF();
            annotations.add(new Annotation(
                    key, in.readBoolean() ? new Annotation.Inline(in.readUTF()) : new Annotation.Stored(digest(in))));
        }
        return new Layer(manifest.isNull() ? Optional.empty() : Optional.of(manifest), annotations);
    }

    private static Digest digest(DataInputStream in) throws IOException {
        byte[] bytes = new byte[Digest.BYTES];
        in.readFully(bytes);
        return Digest.at(bytes, 0);
    }

    @Override
    public Digest digest(Tag tag) {
        return Digest.of(tag.toString().getBytes(StandardCharsets.UTF_8));
    }
}
