package dev.mayfly.env.codec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;

/** What is said of bytes that are no object. */
final class Corrupt {
    private Corrupt() {}

    static MayflyException object(String why) {
        return of("These bytes are no object of an environment", why);
    }

    static MayflyException of(String what, String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                what,
                why,
                "Copy it anew from a repository that has it whole, or from whom it came.");
    }
}
