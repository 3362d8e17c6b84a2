package dev.mayfly.env.codec;

/** How the body of an object is written; the number stands in its header. */
public enum Format {
    /** The first one of SPFS. It has no place for annotations. */
    LEGACY(0),
    FLATBUFFERS(1);

    private final int number;

    Format(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
