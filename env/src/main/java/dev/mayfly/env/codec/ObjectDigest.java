package dev.mayfly.env.codec;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Digests of objects. A blob has that of its payload; all others that of their old encoding, with annotations. */
final class ObjectDigest {
    /** Fixed by SPFS, NUL included, so that no content of a file is taken for an object. */
    private static final byte[] SALT =
            "spfs digest da8d8e62-9459-11ee-adab-00155dcb338b\0".getBytes(StandardCharsets.US_ASCII);

    private static final byte INLINE = 1;
    private static final byte STORED = 2;

    private ObjectDigest() {}

    static Digest of(EnvObject object, Strategy strategy) {
        Sha256 hash = Sha256.start();
        if (strategy == Strategy.SALTED) {
            hash.update(SALT).update(new byte[] {(byte) ObjectKind.of(object).number()});
        }
        switch (object) {
            case Blob blob -> {
                return blob.payload();
            }
            case Manifest manifest -> manifest(manifest, hash);
            case Layer layer -> layer(layer, hash);
            case Platform platform -> hash.update(LegacyBody.platform(platform));
        }
        return Digest.of(hash.digest());
    }

    private static void manifest(Manifest manifest, Sha256 hash) {
        List<Tree> trees = manifest.trees();
        hash.update(trees.getFirst().encoded()).update(LegacyBody.number(trees.size() - 1L));
        for (Tree tree : trees.subList(1, trees.size())) {
            hash.update(tree.encoded());
        }
    }

    private static void layer(Layer layer, Sha256 hash) {
        layer.manifest().ifPresent(manifest -> hash.update(manifest.bytes()));
        for (Annotation each : layer.annotations()) {
            hash.update(LegacyBody.text(each.key()));
            switch (each.value()) {
                case Annotation.Inline inline ->
                    hash.update(new byte[] {INLINE}).update(LegacyBody.text(inline.text()));
                case Annotation.Stored stored -> {
                    ByteBuffer value = ByteBuffer.allocate(1 + Digest.BYTES).put(STORED);
                    stored.blob().put(value);
                    hash.update(value.array());
                }
            }
        }
    }
}
