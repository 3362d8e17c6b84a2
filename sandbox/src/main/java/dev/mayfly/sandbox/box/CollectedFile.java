package dev.mayfly.sandbox.box;

/** A regular file brought back from /workspace after the last process died; the path is relative to it. */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
public record CollectedFile(String path, byte[] content) {}
