package dev.mayfly.queue.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits until the server has heard all that was said before, by a word that it sends back to us.
 *
 * <p>{@code Connection.flush} is for that too, but sends a PING, of which the library takes two on their way for the
 * sign of a dead server: the third of those who flush at once ends the connection for all.
 */
final class Echo {
    private static final byte[] WORD = "mayfly".getBytes(StandardCharsets.UTF_8);

    private final NatsLink link;
    private final String inbox;
    private final AtomicLong said = new AtomicLong();
    private final ConcurrentHashMap<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Echo(NatsLink link, Dispatcher dispatcher) {
        this.link = link;
        Connection connection = link.connection();
        this.inbox = connection.createInbox();
        dispatcher.subscribe(
                inbox + ".*",
                word -> Optional.ofNullable(waiting.remove(word.getSubject())).ifPresent(each -> each.complete(null)));
    }

    /**
     * Safe for concurrent use.
     *
     * @throws IOException when nothing came back in time, or the connection was lost
     * @throws IllegalStateException when nothing could be said
     */
    void await() throws IOException, InterruptedException {
        String subject = inbox + "." + said.incrementAndGet();
        CompletableFuture<Void> back = new CompletableFuture<>();
        CompletableFuture<Void> lost = link.events().lost();
        waiting.put(subject, back);
        try {
            link.connection().publish(subject, WORD);
            CompletableFuture.anyOf(back, lost).get(link.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(e);
        } finally {
            waiting.remove(subject);
        }
        if (!back.isDone()) {
            throw new IOException("the connection was lost");
        }
    }
}
