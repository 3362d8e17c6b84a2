package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;

/**
 * One content in a pack.
 *
 * @param offset where it begins, in bytes
 * @param length bytes
 * @param checksum CRC-32C of its bytes, to find rot without the cost of a digest
 */
public record PackEntry(Kind kind, Digest digest, long offset, long length, int checksum) {}
