package dev.mayfly.env.sync;

import dev.mayfly.env.object.Digest;

/**
 * One thing that is wrong in a repository.
 *
 * @param namedBy what needs it, for people
 */
public record Fault(Kind kind, Digest digest, String namedBy) {
    public enum Kind {
        OBJECT_MISSING,
        OBJECT_CORRUPT,
        PAYLOAD_MISSING,
        PAYLOAD_CORRUPT
    }
}
