package dev.mayfly.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that goes with the benchmark; only its owner may enter. */
record Scratch(Path path) implements AutoCloseable {
    static Scratch make() throws IOException {
        // Short, because sockets are made below it and their names are bounded (unix(7)).
        return new Scratch(Files.createTempDirectory("mfb"));
    }

    /** On the file system of this folder. */
    static Scratch in(Path folder) throws IOException {
        return new Scratch(Files.createTempDirectory(folder.toRealPath(), "mfb"));
    }

    @Override
    public void close() throws IOException {
        Trees.remove(path);
    }
}
