package dev.mayfly.queue.nats;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the server, each with an end: by its answer, by the loss of the connection, or by time.
 *
 * <p>A question that certainly did not arrive is put again as long as there is patience. One that may have arrived is not,
 * unless its asker says that this does no harm.
 */
final class NatsLink implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Connection connection;
    private final LinkEvents events;
    private final JetStream jetStream;
    private final JetStreamManagement management;
    private final Duration patience;
    private final Ticker ticker;

    NatsLink(
            Connection connection,
            LinkEvents events,
            JetStream jetStream,
            JetStreamManagement management,
            Duration patience,
            Ticker ticker) {
        this.connection = connection;
        this.events = events;
        this.jetStream = jetStream;
        this.management = management;
        this.patience = patience;
        this.ticker = ticker;
    }

    /** A call of the library that blocks. */
    @FunctionalInterface
    interface Blocking<T> {
        T call() throws IOException, JetStreamApiException, InterruptedException;
    }

    private enum Outcome {
        NOT_SENT,
        UNKNOWN
    }

    Connection connection() {
        return connection;
    }

    LinkEvents events() {
        return events;
    }

    JetStream jetStream() {
        return jetStream;
    }

    JetStreamManagement management() {
        return management;
    }

    Duration patience() {
        return patience;
    }

    Deadline deadline(Duration time) {
        return Deadline.in(time, ticker);
    }

    boolean isConnected() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    boolean isClosed() {
        return connection.getStatus() == Connection.Status.CLOSED;
    }

    /** Publishes into a stream and waits until it is kept there. */
    PublishAck publish(String what, String subject, Headers headers, byte[] body, PublishOptions options) {
        return ask(what, false, () -> jetStream.publishAsync(subject, headers, body, options));
    }

    /** A question that may be put twice. */
    Message request(String what, String subject, byte[] body) {
        return ask(what, true, () -> connection.requestWithTimeout(subject, body, patience.multipliedBy(2)));
    }

    /** A word that is lost when it cannot be sent. */
    boolean tell(String subject, byte[] body) {
        try {
            connection.publish(subject, body);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Puts a question once, and takes no answer for one. */
    Optional<Message> tryRequest(String subject, String body) {
        try (Patience time = patiently()) {
            CompletableFuture<Void> lost = events.lost();
            return time.await(
                    connection.requestWithTimeout(
                            subject, body.getBytes(StandardCharsets.UTF_8), patience.multipliedBy(2)),
                    lost);
        } catch (IllegalStateException | ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    /** A blocking call of the library that may be made twice; made again as long as it could not be sent. */
    <T> T call(String what, Blocking<T> call) {
        try (Patience time = patiently()) {
            while (true) {
                try {
                    return call.call();
                } catch (IllegalStateException | InterruptedException e) {
                    time.swallowInterrupt();
                    pauseOrGiveUp(what, time, Outcome.NOT_SENT, e);
                } catch (IOException e) {
                    time.swallowInterrupt();
                    boolean cutShort = e.getCause() instanceof InterruptedException;
                    if (!cutShort) {
                        throw NatsFailures.unreachable(what, "no answer came: " + e.getMessage(), e);
                    }
                    pauseOrGiveUp(what, time, Outcome.NOT_SENT, e);
                } catch (JetStreamApiException e) {
                    throw NatsFailures.refused(what, e);
                }
            }
        }
    }

    private <T> T ask(String what, boolean again, Supplier<CompletableFuture<T>> question) {
        try (Patience time = patiently()) {
            while (true) {
                CompletableFuture<Void> lost = events.lost();
                try {
                    Optional<T> answer = time.await(question.get(), lost);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                    pauseOrGiveUp(what, time, again ? Outcome.NOT_SENT : Outcome.UNKNOWN, null);
                } catch (IllegalStateException e) {
                    // CancellationException is one: nobody was there to answer.
                    pauseOrGiveUp(what, time, Outcome.NOT_SENT, e);
                } catch (TimeoutException e) {
                    throw NatsFailures.unreachable(what, "no answer came within " + patience.toMillis() + " ms", e);
                } catch (ExecutionException e) {
                    Throwable why = NatsFailures.bare(e);
                    if (why instanceof JetStreamApiException refused) {
                        throw NatsFailures.refused(what, refused);
                    }
                    pauseOrGiveUp(what, time, again || wasNotTaken(why) ? Outcome.NOT_SENT : Outcome.UNKNOWN, why);
                }
            }
        }
    }

    private Patience patiently() {
        return new Patience(deadline(patience));
    }

    private static boolean wasNotTaken(Throwable why) {
        return why instanceof IllegalStateException
                || String.valueOf(why.getMessage()).contains("503");
    }

    private void pauseOrGiveUp(String what, Patience time, Outcome outcome, @Nullable Throwable why) {
        if (isClosed()) {
            throw NatsFailures.unreachable(what, "the queue was closed", why);
        }
        if (outcome == Outcome.UNKNOWN) {
            throw NatsFailures.unreachable(what, "the connection was lost before the answer came", why);
        }
        if (time.isOver()) {
            throw NatsFailures.unreachable(
                    what, isConnected() ? "nobody answers there" : "there is no connection to the server", why);
        }
        time.through(() -> awaitConnected(time.left()));
    }

    /** Sleeps so long, or until a connection is made. */
    void awaitConnected(Duration most) throws InterruptedException {
        CompletableFuture<Void> back = events.back();
        if (isConnected()) {
            Thread.sleep(Math.min(most.toMillis(), PAUSE.toMillis()));
            return;
        }
        try {
            back.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The caller looks again.
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
