package dev.mayfly.env.codec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tree;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the old encoding: numbers of 64 bits, big-endian; texts in UTF-8 that end with NUL; digests as they are. */
final class LegacyBody {
    private LegacyBody() {}

    static byte[] write(EnvObject object) {
        return switch (object) {
            case Blob blob -> blob(blob);
            case Manifest manifest -> manifest(manifest);
            case Layer layer -> layer(layer);
            case Platform platform -> platform(platform);
        };
    }

    private static byte[] blob(Blob blob) {
        ByteBuffer bytes = ByteBuffer.allocate(Digest.BYTES + Long.BYTES);
        blob.payload().put(bytes);
        return bytes.putLong(blob.size()).array();
    }

    /** The root, how many trees follow, and these. */
    private static byte[] manifest(Manifest manifest) {
        List<Tree> trees = manifest.trees();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(trees.getFirst().encoded());
        bytes.writeBytes(number(trees.size() - 1L));
        trees.subList(1, trees.size()).forEach(tree -> bytes.writeBytes(tree.encoded()));
        return bytes.toByteArray();
    }

    private static byte[] layer(Layer layer) {
        if (!layer.annotations().isEmpty() || layer.manifest().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "The layer cannot be written in the old format",
                    "it has annotations, and the old format has no place for them",
                    "Use the format flatbuffers for this repository.");
        }
        return layer.manifest().get().bytes();
    }

    /** From top to bottom. */
    static byte[] platform(Platform platform) {
        ByteBuffer bytes = ByteBuffer.allocate(
                Math.addExact(Long.BYTES, Math.multiplyExact(platform.stack().size(), Digest.BYTES)));
        bytes.putLong(platform.stack().size());
        platform.stack().reversed().forEach(each -> each.put(bytes));
        return bytes.array();
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static byte[] text(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }
}
