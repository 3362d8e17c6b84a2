package dev.mayfly.bench.nats;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.io.IOException;
import java.time.Duration;

/** A client that knows nothing of Mayfly but two subjects: publishes a request, and hears the answer. */
public final class WireClient implements AutoCloseable {
    private static final String REQUESTS = "run.req.default";
    private static final String ANSWERS = "run.res.";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Connection connection;
    private final JetStream stream;

    private WireClient(Connection connection, JetStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    public static WireClient connect(String url) throws IOException, InterruptedException {
        Connection connection = Nats.connect(url);
        return new WireClient(connection, connection.jetStream());
    }

    /** Whether a service has set up its queue on this server; one that keeps it elsewhere has not. */
    public boolean findsQueue() throws IOException {
        try {
            return !connection.jetStreamManagement().getStreamNames(REQUESTS).isEmpty();
        } catch (JetStreamApiException e) {
            throw new IOException(e);
        }
    }

    /**
     * Begins to listen, publishes, and returns when the answer has come.
     *
     * @param answerName under which the answer is told
     */
    public void ask(byte[] request, String answerName) throws InterruptedException {
        Subscription answers = connection.subscribe(ANSWERS + answerName);
        try {
            stream.publish(REQUESTS, request);
            if (answers.nextMessage(PATIENCE) == null) {
                throw new IllegalStateException("no answer came to a plain client");
            }
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException("the server does not take a request", e);
        } finally {
            answers.unsubscribe();
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
