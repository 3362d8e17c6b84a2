package dev.mayfly.queue.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where the answers to one caller's pull requests arrive. It asks for one message at a time; what comes when nobody waits
 * any more is given back at once, so that it need not sit out its ack wait.
 */
final class PullLine {
    private static final byte[] BACK = "-NAK".getBytes(StandardCharsets.UTF_8);

    private final NatsLink link;
    private final Dispatcher dispatcher;
    private final String question;
    private final String inbox;
    private final Subscription subscription;
    private long asked;
    private CompletableFuture<Message> waiting = new CompletableFuture<>();
    private boolean open;

    /** @param question the subject on which the consumer takes pull requests */
    PullLine(NatsLink link, Dispatcher dispatcher, String question) {
        this.link = link;
        this.dispatcher = dispatcher;
        this.question = question;
        Connection connection = link.connection();
        this.inbox = connection.createInbox();
        this.subscription = dispatcher.subscribe(inbox + ".*", this::arrived);
    }

    /**
     * Asks for one message.
     *
     * @return the message, or a status when there is none
     * @throws IllegalStateException when it cannot be sent
     */
    CompletableFuture<Message> pull(Duration expires) {
        String body = expires.isZero()
                ? "{\"batch\":1,\"no_wait\":true}"
                : "{\"batch\":1,\"expires\":" + expires.toNanos() + "}";
        CompletableFuture<Message> answer = new CompletableFuture<>();
        String reply;
        synchronized (this) {
            asked++;
            waiting = answer;
            open = true;
            reply = reply();
        }
        link.connection().publish(question, reply, body.getBytes(StandardCharsets.UTF_8));
        return answer;
    }

    /** The caller waits no longer. */
    synchronized void rest() {
        open = false;
    }

    /** With it the server forgets what was asked here. */
    void close() {
        rest();
        try {
            dispatcher.unsubscribe(subscription);
        } catch (IllegalStateException e) {
            // The connection is closed, and with it this.
        }
    }

    private String reply() {
        return inbox + "." + asked;
    }

    private void arrived(Message message) {
        Optional<CompletableFuture<Message>> caller = Optional.empty();
        synchronized (this) {
            boolean wanted =
                    open && (message.isJetStream() || message.getSubject().equals(reply()));
            if (wanted) {
                open = false;
                caller = Optional.of(waiting);
            }
        }
        if (!(caller.isPresent() && caller.get().complete(message)) && message.isJetStream()) {
            link.tell(message.getReplyTo(), BACK);
        }
    }
}
