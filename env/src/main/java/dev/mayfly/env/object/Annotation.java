package dev.mayfly.env.object;

import java.nio.charset.StandardCharsets;

/** A word for outside tools that goes with a layer. Its texts are Unicode without NUL, which the formats cannot hold. */
public record Annotation(String key, Value value) {
    /** Bytes of UTF-8 up to which SPFS keeps a value in the layer. */
    public static final int LONGEST_INLINE = 16 << 10;

    /** @throws IllegalArgumentException for a key that no format can hold */
    public Annotation {
        needText(key);
    }

    public sealed interface Value permits Inline, Stored {}

    public record Inline(String text) implements Value {
        /** @throws IllegalArgumentException for a text that no format can hold */
        public Inline {
            needText(text);
        }
    }

    /** What is too long to stand in a layer is a blob. */
    public record Stored(Digest blob) implements Value {}

    /** No NUL, and no half of a surrogate pair: that has no form in UTF-8. */
    static void needText(String text) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("not a text without NUL: " + text);
        }
    }
}
