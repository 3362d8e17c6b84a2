package dev.mayfly.env.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The root process of a runtime.
 *
 * @param start when it was started, in clock ticks after boot (proc_pid_stat(5), field 22); with it, a number that the kernel
 *     has given to another process meanwhile is not taken for this one
 * @param mountNamespace inode of its mount namespace
 */
public record Keeper(long pid, long start, long mountNamespace) {
    /** {@code pid start namespace}, as the keeper writes it; empty for anything else. */
    static Optional<Keeper> parse(String line) {
        String[] words = line.strip().split(" ", -1);
        if (words.length != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Keeper(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<Keeper> read(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether this very process lives. */
    public boolean isAlive() {
        return new LiveProcess(pid, start).isAlive();
    }

    /** A path of the host as processes of the runtime see it, for who may look into them (proc_pid_root(5)). */
    public Path inside(Path path) {
        return Path.of("/proc/" + pid + "/root").resolve(path.toString().substring(1));
    }
}
