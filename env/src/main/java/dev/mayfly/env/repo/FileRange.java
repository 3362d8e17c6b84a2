package dev.mayfly.env.repo;

import java.nio.file.Path;

/** Bytes that lie in one piece in a file of this machine. */
public record FileRange(Path file, long offset, long length) {}
