package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import java.util.Optional;

/**
 * An object as it lies in a repository: with its header, so that its digest stays what it is wherever it is copied.
 *
 * @param bytes not to be changed by anybody
 * @param checked what the bytes are, when somebody in this program has found so and that they have this digest: a large layer
 *     takes its time to be read, so it is not read twice
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; copied to and fro in bulk.
public record Encoded(Digest digest, byte[] bytes, Optional<EnvObject> checked) {
    /** Bytes that nobody has looked at. */
    public Encoded(Digest digest, byte[] bytes) {
        this(digest, bytes, Optional.empty());
    }
}
