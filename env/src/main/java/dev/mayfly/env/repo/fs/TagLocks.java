package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;

/**
 * One writer at a time for each stream of tags. Where SPFS writes as well, its lock files are honoured too: a file
 * beside the stream, which it makes and removes and never takes for stale.
 */
final class TagLocks implements AutoCloseable {
    private static final String SPFS_LOCK = ".lock";

    /** In a lock file of ours. SPFS leaves its own ones empty. */
    private static final String OURS = "mayfly";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_MILLIS = 2;

    /** SPFS holds its lock while it writes one file. */
    private static final Duration STALE = Duration.ofMinutes(1);

    private final Stripes stripes;
    private final boolean withSpfs;

    TagLocks(Path file, boolean withSpfs) throws IOException {
        this.stripes = new Stripes(file);
        this.withSpfs = withSpfs;
    }

    /** @param stream the file of the stream, whose folder is there */
    Held hold(Path stream) throws IOException {
        Held held = stripes.hold(stream.toString());
        return withSpfs ? alsoForSpfs(stream, held) : held;
    }

    private static Held alsoForSpfs(Path stream, Held held) throws IOException {
        Path file = stream.resolveSibling(stream.getFileName() + SPFS_LOCK);
        try {
            Instant deadline = Instant.now().plus(PATIENCE);
            while (!made(file)) {
                if (isStale(file)) {
                    Files.deleteIfExists(file);
                } else if (Instant.now().isAfter(deadline)) {
                    throw new MayflyException(
                            ErrorCode.CONFLICT,
                            "The tags in " + stream + " cannot be changed",
                            "SPFS has them locked since more than " + PATIENCE.toSeconds() + " seconds",
                            "Try again; when no SPFS writes there, remove " + file + ".");
                } else {
                    pause();
                }
            }
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
        return () -> {
            try (held) {
                Files.deleteIfExists(file);
            }
        };
    }

    private static boolean made(Path file) throws IOException {
        try {
            Files.writeString(file, OURS, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** One of ours is, because who made it would hold the stripe. */
    private static boolean isStale(Path file) throws IOException {
        try {
            return Files.readString(file).equals(OURS)
                    || Files.getLastModifiedTime(file)
                            .toInstant()
                            .isBefore(Instant.now().minus(STALE));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a lock", e);
        }
    }

    @Override
    public void close() {
        stripes.close();
    }
}
