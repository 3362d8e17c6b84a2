package dev.mayfly.queue.nats;

import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.QueueEngine;
import io.nats.client.Dispatcher;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Hears every publish, also that of a duplicate, which the stream drops unseen. So a worker can tell the answer again to
 * whoever published a job that has one. Of all workers one hears each publish. It is a courtesy: what comes when too much
 * is in hand is dropped and counted.
 */
final class DuplicateEcho implements QueueEngine.Overhearing {
    private static final int AT_ONCE = 32;
    private static final String GROUP = "mayfly-echo";

    private final NatsLink link;
    private final Dispatcher dispatcher;
    private final Consumer<Message> hook;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final AtomicLong dropped = new AtomicLong();

    /** @param hook called by several threads at once; what it throws counts as dropped */
    DuplicateEcho(NatsLink link, String subject, Consumer<Message> hook) {
        this.link = link;
        this.hook = hook;
        this.dispatcher = link.connection().createDispatcher(this::heard);
        dispatcher.subscribe(subject, GROUP);
    }

    private void heard(io.nats.client.Message raw) {
        var headers = StreamReader.headers(raw);
        // Bodies in the object store are published by our own clients only, and they look into the ledger.
        if (Bodies.object(headers).isPresent()) {
            return;
        }
        if (!places.tryAcquire()) {
            dropped.incrementAndGet();
            return;
        }
        String id = Optional.ofNullable(headers.getFirst("Nats-Msg-Id")).orElse("");
        Message message = new Message(raw.getSubject(), HeaderText.decode(id), raw.getData());
        Thread.ofVirtual().name("queue-echo").start(() -> {
            try {
                hook.accept(message);
            } catch (RuntimeException e) {
                dropped.incrementAndGet();
            } finally {
                places.release();
            }
        });
    }

    /** Publishes that nobody looked at. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public void close() {
        try {
            link.connection().closeDispatcher(dispatcher);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // The connection is closed already.
        }
    }
}
