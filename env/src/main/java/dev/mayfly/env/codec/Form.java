package dev.mayfly.env.codec;

/** The choices with which an object is written. */
public record Form(Format format, Strategy strategy, Names names) {
    /** What SPFS writes unless it is told otherwise. */
    public static final Form USUAL = new Form(Format.FLATBUFFERS, Strategy.SALTED, Names.TEXT);

    /** With names that SPFS can read. */
    public Form(Format format, Strategy strategy) {
        this(format, strategy, Names.TEXT);
    }
}
