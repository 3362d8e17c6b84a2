package dev.mayfly.env.object;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * Layers and platforms on top of each other.
 *
 * @param stack from bottom to top, as it is applied and as FlatBuffers have it; the old encoding, and with it the digest,
 *     has it from top to bottom
 */
public record Platform(List<Digest> stack) implements EnvObject {
    public Platform {
        stack = List.copyOf(stack);
    }

    /** A platform as SPFS makes it: what is there repeatedly keeps its highest place only. */
    public static Platform of(List<Digest> stack) {
        return new Platform(List.copyOf(new LinkedHashSet<>(stack.reversed()).reversed()));
    }
}
