package dev.mayfly.bench.env;

import java.nio.file.Path;

/**
 * One way to show a tree, as long as it is open.
 *
 * @param id stable, for scripts that read the JSON
 * @param name for readers
 * @param root where it is shown
 */
public record FrontEnd(String id, String name, Path root, Ending ending) implements AutoCloseable {
    /** How it is taken down. */
    @FunctionalInterface
    public interface Ending {
        void end();
    }

    @Override
    public void close() {
        ending.end();
    }
}
