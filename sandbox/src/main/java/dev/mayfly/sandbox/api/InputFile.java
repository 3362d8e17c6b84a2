package dev.mayfly.sandbox.api;

/**
 * A file that the request brings.
 *
 * @param path absolute below {@code /tmp} or {@code /workspace}, or relative to {@code /workspace}
 * @param content its bytes; the array is not copied, callers must not change it afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
public record InputFile(String path, byte[] content) {}
