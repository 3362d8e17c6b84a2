package dev.mayfly.bench.control;

import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.remote.ManyCalls;
import dev.mayfly.fleet.remote.ManyCalls.Shown;
import dev.mayfly.fleet.remote.ServerAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** All who want runners. Who gets none asks again with the same name, until there is one. */
public final class Callers implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    /** Every tenth wants to be told how it goes, as people do; the others hear the end, as myshoes does. */
    private static final int TOLD = 10;

    /** More do not wait for the server at once; who is held up here waits all the same, and that counts. */
    private static final int MOST_WAITING = 4_000;

    private static final long AGAIN_MILLIS = 200;
    private static final String SCRIPT = "#!/bin/sh\n" + "echo played\n".repeat(40);
    private static final String SIZE = "nano";

    private final ManyCalls calls;
    private final Map<String, Wish> wishes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("again").factory());
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final LongAdder refusals = new LongAdder();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private int number;

    public Callers(ServerAddress server) {
        calls = new ManyCalls(server, CONNECTIONS);
    }

    /** For hosts to say that an order has come. */
    public void ordered(Command.Create order) {
        Wish wish = wishes.get(order.name().value());
        if (wish != null) {
            wish.ordered(System.nanoTime(), micros());
        }
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** So many wishes, so many a second; returns when the last is on its way. */
    public List<Wish> wish(int count, int perSecond) throws InterruptedException {
        List<Wish> all = new ArrayList<>(count);
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = begun + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException("the benchmark was told to end");
                }
            }
            Wish wish = new Wish("played-" + number, number % TOLD == 0);
            number++;
            wishes.put(wish.name(), wish);
            all.add(wish);
            wish.meant(due);
            waiting.acquire();
            ask(wish);
        }
        return all;
    }

    private void ask(Wish wish) {
        Hearing hearing = new Hearing(wish);
        if (wish.told()) {
            calls.addTold(wish.name(), SCRIPT, SIZE, hearing);
        } else {
            calls.add(wish.name(), SCRIPT, SIZE, hearing);
        }
    }

    private final class Hearing implements ManyCalls.Wisher {
        private final Wish wish;

        Hearing(Wish wish) {
            this.wish = wish;
        }

        @Override
        public void accepted(long sinceMicros) {
            wish.accepted(System.nanoTime(), sinceMicros);
        }

        @Override
        public void ready(Optional<String> id) {
            wish.ready(System.nanoTime(), id);
            waiting.release();
        }

        @Override
        public void failed(String why) {
            note(why);
            var _ = again.schedule(() -> ask(wish), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void note(String why) {
        refusals.increment();
        reasons.computeIfAbsent(why, _ -> new LongAdder()).increment();
    }

    /** How often somebody had to ask again. */
    public long refusals() {
        return refusals.sum();
    }

    /** The commonest reason for that. */
    public String commonest() {
        return reasons.entrySet().stream()
                .max((one, other) ->
                        Long.compare(one.getValue().sum(), other.getValue().sum()))
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** Deletes them all, so many at once; returns when the last is on its way. */
    public void delete(List<Wish> all, int atOnce) throws InterruptedException {
        Semaphore places = new Semaphore(atOnce);
        for (Wish wish : all) {
            places.acquire();
            delete(wish, places);
        }
    }

    private void delete(Wish wish, Semaphore places) {
        calls.delete(
                wish.id().orElseThrow(),
                () -> {
                    wish.gone(System.nanoTime());
                    places.release();
                },
                why -> {
                    note(why);
                    var _ = again.schedule(() -> delete(wish, places), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                });
    }

    /** All that the server knows and that are not gone. */
    public List<Shown> shown() throws InterruptedException {
        CompletableFuture<List<Shown>> answer = new CompletableFuture<>();
        List<Shown> found = new ArrayList<>();
        calls.runners(
                found::add,
                () -> answer.complete(found),
                why -> answer.completeExceptionally(new IllegalStateException("the server does not say: " + why)));
        try {
            return answer.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        again.shutdownNow();
        calls.close();
    }
}
