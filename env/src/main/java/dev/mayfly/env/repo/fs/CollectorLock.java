package dev.mayfly.env.repo.fs;

import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Says that somebody collects garbage. Nobody but a second collector waits for it, and it ends with its process. */
public final class CollectorLock {
    private static final long COLLECTING = 0;
    private static final int LOOKS = 20;
    private static final long LOOK_AGAIN_MILLIS = 1;

    private final Path file;

    CollectorLock(Path file) throws IOException {
        this.file = file;
        OpenFileLock.open(file).close();
    }

    /** Whether somebody collects garbage now, in this process or another. */
    public boolean collecting() throws IOException {
        try (OpenFileLock look = OpenFileLock.existing(file)) {
            return !look.tryShared(COLLECTING);
        }
    }

    /**
     * For the collector, of which there is one at a time. Held by an opening of its own.
     *
     * @return empty when there is one already
     */
    public Optional<Held> collect() throws IOException {
        OpenFileLock mine = OpenFileLock.existing(file);
        try {
            // Somebody who only looks holds the byte for a moment as well.
            for (int look = 0; look < LOOKS; look++) {
                if (mine.tryExclusive(COLLECTING)) {
                    return Optional.of(mine::close);
                }
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            mine.close();
            throw e;
        }
        mine.close();
        return Optional.empty();
    }
}
