package dev.mayfly.env.repo.fs;

import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * One holder at a time for each name, among all processes. Names share stripes, each a byte of one file that the kernel locks
 * and lets go, so nobody has to clean up behind a process that died. Not reentrant, and nobody holds two: they may be one.
 */
final class Stripes implements AutoCloseable {
    private static final int COUNT = 256;

    private final OpenFileLock lock;
    private final List<ReentrantLock> inside =
            Stream.generate(ReentrantLock::new).limit(COUNT).toList();

    Stripes(Path file) throws IOException {
        this.lock = OpenFileLock.open(file);
    }

    Held hold(String name) throws IOException {
        int stripe = Math.floorMod(name.hashCode(), COUNT);
        // Threads of this process first: they share the opening, which the kernel sees as one holder.
        ReentrantLock mine = inside.get(stripe);
        mine.lock();
        try {
            lock.exclusive(stripe);
        } catch (IOException | RuntimeException e) {
            mine.unlock();
            throw e;
        }
        return () -> {
            try {
                lock.release(stripe);
            } finally {
                mine.unlock();
            }
        };
    }

    @Override
    public void close() {
        lock.close();
    }
}
