package dev.mayfly.env.runtime;

import java.lang.ProcessBuilder.Redirect;

/** Where a command's standard streams lead. */
public record Streams(Redirect in, Redirect out, Redirect err) {
    /** Those of this program, for a terminal. */
    public static Streams inherited() {
        return new Streams(Redirect.INHERIT, Redirect.INHERIT, Redirect.INHERIT);
    }

    /** To be read and written by the caller through {@link Running#process}. */
    public static Streams piped() {
        return new Streams(Redirect.PIPE, Redirect.PIPE, Redirect.PIPE);
    }
}
