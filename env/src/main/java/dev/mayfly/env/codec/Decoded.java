package dev.mayfly.env.codec;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;

/**
 * An object that was read.
 *
 * @param header written again with its form, the object keeps its digest
 */
public record Decoded(Header header, EnvObject object, Digest digest) {}
