package dev.mayfly.env.codec;

import dev.mayfly.env.codec.FlatBytes.Table;
import dev.mayfly.env.codec.FlatBytes.Vector;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the FlatBuffers body of an object. The depth of its parts is that of the schema, so nothing recurses. */
final class FlatReader {
    /** An offset to its vtable, and a digest: what is only in this table. */
    private static final int LEAST_ENTRY = 4 + Digest.BYTES;

    private static final int LEAST_TABLE = 8;

    private final FlatBytes bytes;
    private final Header header;

    FlatReader(byte[] bytes, Header header) {
        this.bytes = new FlatBytes(bytes, Header.SIZE);
        this.header = header;
    }

    EnvObject read() {
        Table any = bytes.root();
        int type = octet(any, FlatSchema.ANY_TYPE);
        if (type != FlatSchema.type(header.kind())) {
            throw Corrupt.object("its header says " + header.kind() + ", and its body is of type " + type);
        }
        Table body = bytes.table(bytes.needed(any, FlatSchema.ANY_OBJECT, "body"));
        return switch (header.kind()) {
            case BLOB -> blob(body);
            case MANIFEST -> manifest(body);
            case LAYER -> layer(body);
            case PLATFORM -> platform(body);
        };
    }

    private Blob blob(Table table) {
        return new Blob(
                bytes.digest(bytes.needed(table, FlatSchema.BLOB_PAYLOAD, "payload")),
                size(table, FlatSchema.BLOB_SIZE));
    }

    private Platform platform(Table table) {
        Vector layers = bytes.vector(bytes.needed(table, FlatSchema.PLATFORM_LAYERS, "layers"), Digest.BYTES);
        List<Digest> stack = new ArrayList<>(layers.count());
        for (int i = 0; i < layers.count(); i++) {
            stack.add(bytes.digest(layers.at() + i * Digest.BYTES));
        }
        return new Platform(stack);
    }

    private Layer layer(Table table) {
        int manifest = bytes.field(table, FlatSchema.LAYER_MANIFEST);
        Vector annotations =
                bytes.vector(bytes.needed(table, FlatSchema.LAYER_ANNOTATIONS, "annotations"), Integer.BYTES);
        List<Annotation> all = new ArrayList<>();
        for (int i = 0; i < annotations.count(); i++) {
            all.add(annotation(bytes.table(annotations.at() + i * Integer.BYTES)));
        }
        return new Layer(manifest == 0 ? Optional.empty() : Optional.of(bytes.digest(manifest)), all);
    }

    private Annotation annotation(Table table) {
        bytes.spend(LEAST_TABLE);
        String key = text(bytes.needed(table, FlatSchema.ANNOTATION_KEY, "key of an annotation"));
        Table value = bytes.table(bytes.needed(table, FlatSchema.ANNOTATION_DATA, "value of an annotation"));
        int data = bytes.needed(value, FlatSchema.VALUE, "value of an annotation");
        return new Annotation(
                key,
                switch (octet(table, FlatSchema.ANNOTATION_TYPE)) {
                    case FlatSchema.VALUE_STRING -> new Annotation.Inline(text(data));
                    case FlatSchema.VALUE_DIGEST -> new Annotation.Stored(bytes.digest(data));
                    default -> throw Corrupt.object("an annotation has a value of unknown type");
                });
    }

    private Manifest manifest(Table table) {
        Vector trees = bytes.vector(bytes.needed(table, FlatSchema.MANIFEST_TREES, "trees"), Integer.BYTES);
        List<Tree> all = new ArrayList<>();
        for (int i = 0; i < trees.count(); i++) {
            bytes.spend(LEAST_TABLE);
            all.add(tree(bytes.table(trees.at() + i * Integer.BYTES)));
        }
        return Manifest.of(all);
    }

    private Tree tree(Table table) {
        Vector entries = bytes.vector(bytes.needed(table, FlatSchema.TREE_ENTRIES, "entries"), Integer.BYTES);
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < entries.count(); i++) {
            bytes.spend(LEAST_ENTRY);
            all.add(entry(bytes.table(entries.at() + i * Integer.BYTES)));
        }
        return Tree.of(all);
    }

    private Entry entry(Table table) {
        EntryKind kind = EntryKinds.ofNumber(octet(table, FlatSchema.ENTRY_KIND));
        Digest object = bytes.digest(bytes.needed(table, FlatSchema.ENTRY_OBJECT, "object of an entry"));
        int mode = bytes.field(table, FlatSchema.ENTRY_MODE);
        byte[] name = bytes.text(bytes.needed(table, FlatSchema.ENTRY_NAME, "name of an entry"));
        return new Entry(
                kind,
                object,
                mode == 0 ? 0 : bytes.number(mode),
                size(table, FlatSchema.ENTRY_SIZE),
                EntryNames.of(name, header.form().names()));
    }

    private int octet(Table table, int field) {
        int at = bytes.field(table, field);
        return at == 0 ? 0 : bytes.octet(at);
    }

    private long size(Table table, int field) {
        int at = bytes.field(table, field);
        return at == 0 ? 0 : Sizes.of(bytes.wide(at));
    }

    private String text(int position) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.text(position)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Corrupt.object("an annotation is not UTF-8");
        }
    }
}
