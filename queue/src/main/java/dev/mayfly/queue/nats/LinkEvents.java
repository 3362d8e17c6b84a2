package dev.mayfly.queue.nats;

import dev.mayfly.base.log.Log;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.util.concurrent.CompletableFuture;

/** Whether the connection stands: futures for those who wait for the next change. Called by the library's threads. */
final class LinkEvents implements ConnectionListener, ErrorListener {
    private final Log log;
    private CompletableFuture<Void> lost = new CompletableFuture<>();
    private CompletableFuture<Void> back = new CompletableFuture<>();

    LinkEvents(Log log) {
        this.log = log;
    }

    /** Ends when the connection that stands now, or the next one, is lost. */
    synchronized CompletableFuture<Void> lost() {
        return lost;
    }

    /** Ends when a connection is made again. */
    synchronized CompletableFuture<Void> back() {
        return back;
    }

    @Override
    @SuppressWarnings("deprecation") // the one that the interface requires
    public void connectionEvent(Connection connection, Events type) {
        switch (type) {
            case DISCONNECTED, CLOSED -> {
                log.debug().with("event", type.getEvent()).log("the queue's connection is gone");
                nextLost().complete(null);
            }
            case CONNECTED, RECONNECTED -> nextBack().complete(null);
            case RESUBSCRIBED, DISCOVERED_SERVERS, LAME_DUCK -> {
                // Says nothing about what can be sent.
            }
        }
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        log.warn().with("error", error).log("the queue's server reported an error");
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception failure) {
        // A refused reconnect comes here every time.
        log.debug()
                .with("failure", NatsSettings.withoutSecrets(String.valueOf(failure.getMessage())))
                .log("the queue's connection failed");
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        log.warn()
                .log("messages of the queue came faster than they were taken, and some were dropped; they come again");
    }

    private synchronized CompletableFuture<Void> nextLost() {
        CompletableFuture<Void> old = lost;
        lost = new CompletableFuture<>();
        return old;
    }

    private synchronized CompletableFuture<Void> nextBack() {
        CompletableFuture<Void> old = back;
        back = new CompletableFuture<>();
        return old;
    }
}
