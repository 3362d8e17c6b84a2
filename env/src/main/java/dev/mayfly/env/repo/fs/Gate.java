package dev.mayfly.env.repo.fs;

import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Where who writes and who collects garbage meet. One byte of a file is locked for as long as somebody collects; the other is
 * shared by who takes content out of the trash, for the moment of that, and locked by the collector for the moment in which
 * trash goes for good. Both locks end with the process that holds them.
 */
public final class Gate implements AutoCloseable {
    private static final long COLLECTING = 0;
    private static final long PASSING = 1;
    private static final int LOOKS = 20;
    private static final long LOOK_AGAIN_MILLIS = 1;

    private final Path file;
    private final OpenFileLock lock;
    private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
    private final AtomicLong longest = new AtomicLong();
    private int passing;

    Gate(Path file) throws IOException {
        this.file = file;
        this.lock = OpenFileLock.open(file);
    }

    /** What is held until it is closed. */
    public interface Pass extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Together with others who pass; waits while the collector makes its last step, which is short. */
    public Pass pass() throws IOException {
        long began = System.nanoTime();
        inside.readLock().lock();
        try {
            enter();
            longest.accumulateAndGet(System.nanoTime() - began, Math::max);
            return this::leave;
        } catch (IOException | RuntimeException e) {
            inside.readLock().unlock();
            throw e;
        }
    }

    /** The longest that anybody here has waited to pass. */
    public Duration longestWait() {
        return Duration.ofNanos(longest.get());
    }

    private synchronized void enter() throws IOException {
        if (passing == 0) {
            lock.shared(PASSING);
        }
        passing++;
    }

    private void leave() throws IOException {
        try {
            synchronized (this) {
                passing--;
                if (passing == 0) {
                    lock.release(PASSING);
                }
            }
        } finally {
            inside.readLock().unlock();
        }
    }

    /** Alone; waits until all others have passed. */
    public Pass shut() throws IOException {
        inside.writeLock().lock();
        try {
            lock.exclusive(PASSING);
        } catch (IOException | RuntimeException e) {
            inside.writeLock().unlock();
            throw e;
        }
        return () -> {
            try {
                lock.release(PASSING);
            } finally {
                inside.writeLock().unlock();
            }
        };
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
    public Optional<Pass> collect() throws IOException {
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

    @Override
    public void close() {
        lock.close();
    }
}
