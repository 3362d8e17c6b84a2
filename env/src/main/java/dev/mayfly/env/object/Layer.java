package dev.mayfly.env.object;

import java.util.List;
import java.util.Optional;

/** Files, annotations, or both. */
public record Layer(Optional<Digest> manifest, List<Annotation> annotations) implements EnvObject {
    public Layer {
        annotations = List.copyOf(annotations);
        if (manifest.isEmpty() && annotations.isEmpty()) {
            throw new IllegalArgumentException("a layer has files, annotations, or both");
        }
    }

    public static Layer of(Digest manifest) {
        return new Layer(Optional.of(manifest), List.of());
    }
}
