package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;

/**
 * An object as it lies in a repository: with its header, so that its digest stays what it is wherever it is copied.
 *
 * @param bytes not to be changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; copied to and fro in bulk.
public record Encoded(Digest digest, byte[] bytes) {}
