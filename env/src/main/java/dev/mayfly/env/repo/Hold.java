package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;

/**
 * Keeps what is there already, until it is closed. For who is about to name it: what was found before anybody held it may be
 * collected as garbage at any moment.
 */
public interface Hold extends AutoCloseable {
    /** Whether a payload is there already. If so it stays until this is closed. */
    boolean keepsPayload(Digest payload);

    /** Whether an object is there already. If so it stays until this is closed, with all that it names. */
    boolean keepsObject(Digest object);

    @Override
    void close();
}
