package dev.mayfly.env.object;

import java.util.List;

/**
 * Layers and platforms on top of each other.
 *
 * @param stack from bottom to top, as it is applied; the formats write it from top to bottom
 */
public record Platform(List<Digest> stack) implements EnvObject {
    public Platform {
        stack = List.copyOf(stack);
    }
}
