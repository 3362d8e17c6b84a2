package dev.mayfly.queue.fake;

import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Messages with an ack wait and a duplicate window. As unkind as a real queue may be: it takes an acknowledgement from
 * anybody who ever held the message, also when somebody else holds it by now.
 */
public final class MemoryQueue implements WorkQueue {
    private final FakeTime time;
    private final Duration ackWait;
    private final Duration window;
    private final Map<Long, Line> line = new TreeMap<>();
    private final Map<Long, DeadLetter> letters = new TreeMap<>();
    private final Map<String, Long> windowEnds = new HashMap<>();
    private long numbers;
    private boolean closed;

    private static final class Line {
        private final Message message;
        private final Instant publishedAt;
        private long visibleAt;
        private boolean out;
        private int count;

        Line(Message message, Instant publishedAt, long visibleAt) {
            this.message = message;
            this.publishedAt = publishedAt;
            this.visibleAt = visibleAt;
        }
    }

    MemoryQueue(FakeTime time, Duration ackWait, Duration window) {
        this.time = time;
        this.ackWait = ackWait;
        this.window = window;
    }

    @Override
    public synchronized boolean publish(Message message) {
        Long end = windowEnds.get(message.id());
        if (!message.id().isEmpty() && end != null && time.nanos() < end) {
            return false;
        }
        windowEnds.put(message.id(), time.nanos() + window.toNanos());
        line.put(++numbers, new Line(message, time.clock().instant(), time.nanos()));
        notifyAll();
        return true;
    }

    @Override
    public synchronized Optional<Delivery> next(Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            Optional<Map.Entry<Long, Line>> first = line.entrySet().stream()
                    .filter(entry -> entry.getValue().visibleAt <= time.nanos())
                    .min(Comparator.comparing(entry -> entry.getValue().visibleAt));
            if (first.isPresent()) {
                Line taken = first.get().getValue();
                taken.count++;
                taken.out = true;
                taken.visibleAt = time.nanos() + ackWait.toNanos();
                return Optional.of(new Held(first.get().getKey(), taken, taken.count));
            }
            if (closed || end - System.nanoTime() <= 0) {
                return Optional.empty();
            }
            wait(1);
        }
    }

    /** Shows all that are out with workers once more, as queues do. */
    public synchronized void deliverAgain() {
        line.values().forEach(waiting -> waiting.visibleAt = time.nanos());
        notifyAll();
    }

    @Override
    public synchronized void bury(Delivery delivery, Optional<JobId> job, String reason) {
        if (line.remove(delivery.number()) != null) {
            letters.put(
                    delivery.number(),
                    new DeadLetter(delivery.number(), job, time.clock().instant(), reason, delivery.message()));
        }
    }

    @Override
    public synchronized List<DeadLetter> deadLetters(int most) {
        return letters.values().stream()
                .sorted(Comparator.comparingLong(DeadLetter::number).reversed())
                .limit(most)
                .toList();
    }

    @Override
    public synchronized Optional<DeadLetter> deadLetter(long number) {
        return Optional.ofNullable(letters.get(number));
    }

    @Override
    public synchronized void forget(long number) {
        letters.remove(number);
    }

    @Override
    public synchronized Depth depth() {
        long out = line.values().stream().filter(held -> held.out).count();
        return new Depth(line.size() - out, out, letters.size());
    }

    /** The ids of the messages in line, in their order. */
    public synchronized List<String> inLine() {
        List<String> ids = new ArrayList<>();
        line.values().forEach(waiting -> ids.add(waiting.message.id()));
        return ids;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private final class Held implements Delivery {
        private final long number;
        private final Line held;
        private final int count;

        Held(long number, Line held, int count) {
            this.number = number;
            this.held = held;
            this.count = count;
        }

        @Override
        public Message message() {
            return held.message;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public Instant publishedAt() {
            return held.publishedAt;
        }

        @Override
        public boolean ack() {
            synchronized (MemoryQueue.this) {
                line.remove(number);
                return true;
            }
        }

        @Override
        public void retry(Duration delay) {
            synchronized (MemoryQueue.this) {
                held.out = false;
                held.visibleAt = time.nanos() + delay.toNanos();
                MemoryQueue.this.notifyAll();
            }
        }

        @Override
        public void extend() {
            synchronized (MemoryQueue.this) {
                held.visibleAt = Math.max(held.visibleAt, time.nanos() + ackWait.toNanos());
            }
        }
    }
}
