package dev.mayfly.queue.nats;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import io.nats.client.Dispatcher;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers for clients of the replaced system (MagicRune). Such a client begins to listen only after it has published, so
 * the first word may come too early: it is repeated until the client says on {@code run.ack.<id>} that it has it, or for
 * so long. All of that is off the worker's slots. Safe for concurrent use.
 */
final class OldClients implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(250);
    private static final int MOST = 1024;

    private final BiConsumer<JobId, Answer> announce;
    private final NatsLink link;
    private final long words;
    private final Dispatcher receipts;
    private final ConcurrentHashMap<String, Repeated> open = new ConcurrentHashMap<>();
    private final AtomicLong notRepeated = new AtomicLong();
    private final ScheduledFuture<?> repeating;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("queue-old-clients").factory());

    private record Repeated(JobId name, Answer answer, long wordsLeft) {
        @Nullable
        Repeated next() {
            return wordsLeft == 0 ? null : new Repeated(name, answer, wordsLeft - 1);
        }
    }

    /** @param receiptWait how long a word is repeated, {@code ACK_ACK_WAIT_SEC} */
    OldClients(NatsLink link, BiConsumer<JobId, Answer> announce, Duration receiptWait) {
        this.link = link;
        this.announce = announce;
        this.words = Math.max(0, receiptWait.dividedBy(EVERY));
        this.receipts = link.connection().createDispatcher(receipt -> received(receipt.getSubject()));
        receipts.subscribe(Names.RECEIPTS);
        this.repeating = clock.scheduleWithFixedDelay(
                this::repeatAll, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says it, and goes on saying it; returns at once. */
    void tell(JobId name, Answer answer) {
        announce.accept(name, answer);
        if (words == 0) {
            return;
        }
        if (open.size() >= MOST) {
            notRepeated.incrementAndGet();
            return;
        }
        open.put(name.value(), new Repeated(name, answer, words));
    }

    /** Answers that were said once only, because too many others were waiting for their receipt. */
    long notRepeated() {
        return notRepeated.get();
    }

    private void repeatAll() {
        for (String name : open.keySet()) {
            Optional.ofNullable(open.computeIfPresent(name, (_, each) -> each.next()))
                    .ifPresent(each -> announce.accept(each.name(), each.answer()));
        }
    }

    private void received(String subject) {
        open.remove(subject.substring(Names.RECEIPT.length()));
    }

    @Override
    public void close() {
        repeating.cancel(false);
        clock.shutdownNow();
        open.clear();
        try {
            link.connection().closeDispatcher(receipts);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // The connection is closed already.
        }
    }
}
