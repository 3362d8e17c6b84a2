package dev.mayfly.bench.control;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One thread that plays many hosts: each has a turn when something has happened to it. */
final class Crew implements AutoCloseable {
    private static final long LONGEST_MILLIS = 100;
    private static final int MOST_AT_ONCE = 1_000;
    private static final Duration END = Duration.ofSeconds(10);

    /** Something that happens to a host. */
    private record Event(PlayedHost host, Runnable what) {}

    private record Later(long at, long number, Event event) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            int byTime = Long.compare(at - other.at, 0);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final PriorityQueue<Later> timers = new PriorityQueue<>();
    private final Thread thread;
    private final Consumer<Throwable> broken;
    private volatile boolean open = true;
    private long number;

    /** @param broken hears why it can play no more */
    Crew(String name, Consumer<Throwable> broken) {
        this.broken = broken;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::play);
    }

    void start() {
        thread.start();
    }

    boolean isOpen() {
        return open;
    }

    /** From any thread. */
    void now(PlayedHost host, Runnable what) {
        inbox.add(new Event(host, what));
    }

    /** From its own thread, or before it is started. */
    void later(Duration time, PlayedHost host, Runnable what) {
        timers.add(new Later(System.nanoTime() + time.toNanos(), number++, new Event(host, what)));
    }

    /** Done between two turns. */
    CompletableFuture<Void> ask(PlayedHost host, Runnable what) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        now(host, () -> {
            what.run();
            done.complete(null);
        });
        return done;
    }

    private void play() {
        try {
            Set<PlayedHost> touched = new LinkedHashSet<>();
            while (open) {
                Event next = inbox.poll(untilNextTimer(), TimeUnit.MICROSECONDS);
                for (int i = 0; next != null && i < MOST_AT_ONCE; i++) {
                    happens(next, touched);
                    next = inbox.poll();
                }
                if (next != null) {
                    happens(next, touched);
                }
                long now = System.nanoTime();
                while (!timers.isEmpty() && timers.peek().at() - now <= 0) {
                    happens(timers.remove().event(), touched);
                }
                touched.forEach(PlayedHost::step);
                touched.clear();
            }
        } catch (InterruptedException e) {
            open = false;
        } catch (RuntimeException | Error e) {
            open = false;
            broken.accept(e);
        }
    }

    private static void happens(Event event, Set<PlayedHost> touched) {
        event.what().run();
        touched.add(event.host());
    }

    private long untilNextTimer() {
        Later first = timers.peek();
        long longest = TimeUnit.MILLISECONDS.toMicros(LONGEST_MILLIS);
        return first == null
                ? longest
                : Math.clamp(TimeUnit.NANOSECONDS.toMicros(first.at() - System.nanoTime()), 0, longest);
    }

    @Override
    public void close() {
        open = false;
        thread.interrupt();
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
