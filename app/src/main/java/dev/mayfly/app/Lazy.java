package dev.mayfly.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A part that is made when it is first needed: a call answered in the client's process must not pay for what it does not
 * use. Parts are closed in the reverse of the order in which they were made.
 */
final class Lazy<T> implements Supplier<T> {
    /** Closes what was made; owned by one {@link Wiring}. */
    static final class Made implements AutoCloseable {
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();
        private boolean closed;

        private void add(AutoCloseable part) {
            synchronized (this) {
                parts.push(part);
                if (!closed) {
                    return;
                }
            }
            // Made while the program ended: nobody else would close it.
            close();
            throw new IllegalStateException("the program is ending");
        }

        @Override
        public void close() {
            Deque<AutoCloseable> toClose;
            synchronized (this) {
                closed = true;
                toClose = new ArrayDeque<>(parts);
                parts.clear();
            }
            Optional<RuntimeException> failure = Optional.empty();
            for (AutoCloseable part : toClose) {
                try {
                    part.close();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    RuntimeException next =
                            e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
                    failure.ifPresentOrElse(first -> first.addSuppressed(next), () -> {});
                    failure = failure.isPresent() ? failure : Optional.of(next);
                }
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
    }

    private final ReentrantLock making = new ReentrantLock();
    private final Made made;
    private final Supplier<T> maker;
    private volatile Optional<T> part = Optional.empty();

    Lazy(Made made, Supplier<T> maker) {
        this.made = made;
        this.maker = maker;
    }

    @Override
    public T get() {
        if (part.isPresent()) {
            return part.get();
        }
        making.lock();
        try {
            if (part.isEmpty()) {
                T fresh = maker.get();
                if (fresh instanceof AutoCloseable closeable) {
                    made.add(closeable);
                }
                part = Optional.of(fresh);
            }
            return part.get();
        } finally {
            making.unlock();
        }
    }
}
