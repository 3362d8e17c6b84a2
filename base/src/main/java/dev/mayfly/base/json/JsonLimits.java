package dev.mayfly.base.json;

/** Bounds of one reading: bytes of the text, nesting depth, and members plus items over the whole value. */
public record JsonLimits(int maxBytes, int maxDepth, int maxValues) {
    public static final JsonLimits DEFAULT = new JsonLimits(16 << 20, 64, 1_000_000);
}
