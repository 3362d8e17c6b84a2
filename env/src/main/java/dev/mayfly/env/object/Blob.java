package dev.mayfly.env.object;

/** A payload and its size. Its digest is that of the payload. */
public record Blob(Digest payload, long size) implements EnvObject {}
