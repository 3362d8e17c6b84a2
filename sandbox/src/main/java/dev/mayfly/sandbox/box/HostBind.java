package dev.mayfly.sandbox.box;

import java.nio.file.Path;

/** A host path seen inside the box at {@code target}. */
public record HostBind(Path host, String target, boolean writable) {}
