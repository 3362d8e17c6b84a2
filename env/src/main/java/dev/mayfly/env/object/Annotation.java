package dev.mayfly.env.object;

/** A word for outside tools that goes with a layer. */
public record Annotation(String key, Value value) {
    public sealed interface Value permits Inline, Stored {}

    public record Inline(String text) implements Value {}

    /** What is too long to stand in a layer is a blob. */
    public record Stored(Digest blob) implements Value {}
}
