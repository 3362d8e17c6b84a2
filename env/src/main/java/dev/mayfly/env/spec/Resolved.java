package dev.mayfly.env.spec;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Layer;
import java.util.List;

/**
 * What a spec stands for.
 *
 * @param stack what was named, from bottom to top, platforms as such; what is named repeatedly has its highest place
 * @param layers the same with platforms taken apart, each once
 * @param live what is mounted over them, in this order
 */
public record Resolved(List<Digest> stack, List<Found> layers, List<LiveLayer> live) {
    public Resolved {
        stack = List.copyOf(stack);
        layers = List.copyOf(layers);
        live = List.copyOf(live);
    }

    /** @param digest of the layer, or of the manifest that was named in place of one */
    public record Found(Digest digest, Layer layer) {}

    /** Of the layers, from bottom to top. */
    public List<Digest> digests() {
        return layers.stream().map(Found::digest).toList();
    }
}
