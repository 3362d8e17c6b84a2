package dev.mayfly.env.codec;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tree;
import java.util.List;

/**
 * Writes the FlatBuffers body of an object. Fields are added from the widest to the narrowest, as the generated code of SPFS
 * does, so that small objects come out byte for byte the same.
 */
final class FlatWriter {
    private final FlatBufferBuilder builder = new FlatBufferBuilder(1024);

    private FlatWriter() {}

    static byte[] write(EnvObject object) {
        FlatWriter writer = new FlatWriter();
        int body = switch (object) {
            case Blob blob -> writer.blob(blob);
            case Manifest manifest -> writer.manifest(manifest);
            case Layer layer -> writer.layer(layer);
            case Platform platform -> writer.platform(platform);
        };
        return writer.finish(body, FlatSchema.type(ObjectKind.of(object)));
    }

    private byte[] finish(int body, int type) {
        builder.startTable(2);
        builder.addOffset(FlatSchema.ANY_OBJECT, body, 0);
        builder.addByte(FlatSchema.ANY_TYPE, (byte) type, 0);
        builder.finish(builder.endTable());
        return builder.sizedByteArray();
    }

    private int blob(Blob blob) {
        builder.startTable(2);
        builder.addLong(FlatSchema.BLOB_SIZE, blob.size(), 0);
        builder.addStruct(FlatSchema.BLOB_PAYLOAD, struct(blob.payload()), 0);
        return builder.endTable();
    }

    private int platform(Platform platform) {
        builder.startVector(Digest.BYTES, platform.stack().size(), 1);
        platform.stack().reversed().forEach(this::struct);
        int layers = builder.endVector();
        builder.startTable(1);
        builder.addOffset(FlatSchema.PLATFORM_LAYERS, layers, 0);
        return builder.endTable();
    }

    private int layer(Layer layer) {
        int annotations =
                offsets(layer.annotations().stream().mapToInt(this::annotation).toArray());
        builder.startTable(2);
        builder.addOffset(FlatSchema.LAYER_ANNOTATIONS, annotations, 0);
        if (layer.manifest().isPresent()) {
            builder.addStruct(FlatSchema.LAYER_MANIFEST, struct(layer.manifest().get()), 0);
        }
        return builder.endTable();
    }

    private int annotation(Annotation annotation) {
        int key = builder.createString(annotation.key());
        int type;
        int value;
        switch (annotation.value()) {
            case Annotation.Inline inline -> {
                type = FlatSchema.VALUE_STRING;
                int text = builder.createString(inline.text());
                builder.startTable(1);
                builder.addOffset(FlatSchema.VALUE, text, 0);
                value = builder.endTable();
            }
            case Annotation.Stored stored -> {
                type = FlatSchema.VALUE_DIGEST;
                builder.startTable(1);
                builder.addStruct(FlatSchema.VALUE, struct(stored.blob()), 0);
                value = builder.endTable();
            }
        }
        builder.startTable(FlatSchema.ANNOTATION_FIELDS);
        builder.addOffset(FlatSchema.ANNOTATION_DATA, value, 0);
        builder.addOffset(FlatSchema.ANNOTATION_KEY, key, 0);
        builder.addByte(FlatSchema.ANNOTATION_TYPE, (byte) type, 0);
        return builder.endTable();
    }

    private int manifest(Manifest manifest) {
        List<Tree> all = manifest.trees();
        int[] trees = new int[all.size()];
        for (int i = 0; i < trees.length; i++) {
            trees[i] = tree(all.get(i));
        }
        int vector = offsets(trees);
        builder.startTable(1);
        builder.addOffset(FlatSchema.MANIFEST_TREES, vector, 0);
        return builder.endTable();
    }

    private int tree(Tree tree) {
        int[] entries = new int[tree.entries().size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entry(tree.entries().get(i));
        }
        int vector = offsets(entries);
        builder.startTable(1);
        builder.addOffset(FlatSchema.TREE_ENTRIES, vector, 0);
        return builder.endTable();
    }

    private int entry(Entry entry) {
        int name = string(entry.name().bytes());
        builder.startTable(FlatSchema.ENTRY_FIELDS);
        builder.addLong(FlatSchema.ENTRY_SIZE, entry.size(), 0);
        builder.addOffset(FlatSchema.ENTRY_NAME, name, 0);
        builder.addInt(FlatSchema.ENTRY_MODE, entry.mode(), 0);
        builder.addStruct(FlatSchema.ENTRY_OBJECT, struct(entry.object()), 0);
        builder.addByte(FlatSchema.ENTRY_KIND, (byte) entry.kind().number(), 0);
        return builder.endTable();
    }

    /** A string whose bytes need not be UTF-8. */
    private int string(byte[] bytes) {
        builder.addByte((byte) 0);
        return builder.createByteVector(bytes);
    }

    private int offsets(int[] offsets) {
        builder.startVector(Integer.BYTES, offsets.length, Integer.BYTES);
        for (int i = offsets.length - 1; i >= 0; i--) {
            builder.addOffset(offsets[i]);
        }
        return builder.endVector();
    }

    /** Puts the 32 bytes where the table or vector is being made. */
    private int struct(Digest digest) {
        builder.prep(1, Digest.BYTES);
        byte[] bytes = digest.bytes();
        for (int i = bytes.length - 1; i >= 0; i--) {
            builder.putByte(bytes[i]);
        }
        return builder.offset();
    }
}
