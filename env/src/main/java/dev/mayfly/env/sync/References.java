package dev.mayfly.env.sync;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one object names.
 *
 * @param objects each must be there as an object
 * @param payloads contents of files with their sizes, -1 where the object does not say one. A payload may also have a
 *     {@link Blob} under the same digest
 */
public record References(List<Digest> objects, Map<Digest, Long> payloads) {
    private static final long UNKNOWN = -1;

    public static References of(EnvObject object) {
        return switch (object) {
            case Blob blob -> new References(List.of(), Map.of(blob.payload(), blob.size()));
            case Manifest manifest -> ofManifest(manifest);
            case Layer layer -> ofLayer(layer);
            case Platform platform ->
                new References(platform.stack().stream().distinct().toList(), Map.of());
        };
    }

    private static References ofManifest(Manifest manifest) {
        Map<Digest, Long> payloads = new TreeMap<>();
        for (Tree tree : manifest.trees()) {
            for (Entry entry : tree.entries()) {
                if (entry.kind() == EntryKind.BLOB) {
                    payloads.put(entry.object(), entry.size());
                }
            }
        }
        return new References(List.of(), payloads);
    }

    private static References ofLayer(Layer layer) {
        List<Digest> objects = new ArrayList<>();
        layer.manifest().ifPresent(objects::add);
        Map<Digest, Long> payloads = new TreeMap<>();
        for (Annotation annotation : layer.annotations()) {
            if (annotation.value() instanceof Annotation.Stored(Digest blob)) {
                payloads.put(blob, UNKNOWN);
            }
        }
        return new References(objects, payloads);
    }
}
