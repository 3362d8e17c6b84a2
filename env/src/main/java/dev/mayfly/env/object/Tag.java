package dev.mayfly.env.object;

import java.time.Instant;

/**
 * A name for an object at some point of time.
 *
 * @param parent digest of the tag before it in its stream, {@link Digest#NULL} for the first
 * @param user {@code name@domain} of who made it; Unicode without NUL
 * @param time to the microsecond; information only, the order of a stream is that of its records
 */
public record Tag(TagName name, Digest target, Digest parent, String user, Instant time) {
    /** @throws IllegalArgumentException for a user that the format cannot hold */
    public Tag {
        Annotation.needText(user);
    }
}
