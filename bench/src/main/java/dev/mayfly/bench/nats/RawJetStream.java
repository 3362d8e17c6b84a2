package dev.mayfly.bench.nats;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * The single steps that any queue on JetStream is made of, by the client library alone, each confirmed by the server
 * before the next. The stream and the bucket are set up as those of the queue, under names of their own. To be used by
 * one thread; each has its own connection and consumer, and they share the stream and the bucket.
 */
public final class RawJetStream implements AutoCloseable {
    private static final String STREAM = "BENCH";
    private static final String BUCKET = "BENCH_LEDGER";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Connection connection;
    private final String subject;
    private final JetStream stream;
    private final KeyValue bucket;
    private final JetStreamSubscription consumer;
    private final Deque<Message> fetched = new ArrayDeque<>();
    private final String keys = UUID.randomUUID() + "-";
    private long created;
    private String key = "";
    private long revision;

    private RawJetStream(
            Connection connection, String subject, JetStream stream, KeyValue bucket, JetStreamSubscription consumer) {
        this.connection = connection;
        this.subject = subject;
        this.stream = stream;
        this.bucket = bucket;
        this.consumer = consumer;
    }

    /** @param number another one for each that is open */
    public static RawJetStream connect(String url, int number) throws IOException, InterruptedException {
        Connection connection = Nats.connect(url);
        String subject = "bench.req." + number;
        try {
            setUp(connection);
            JetStream stream = connection.jetStream();
            JetStreamSubscription consumer = stream.subscribe(
                    subject,
                    PullSubscribeOptions.builder().stream(STREAM)
                            .durable("BENCH_WORKER_" + number)
                            .configuration(ConsumerConfiguration.builder()
                                    .ackPolicy(AckPolicy.Explicit)
                                    .filterSubject(subject)
                                    .build())
                            .build());
            return new RawJetStream(connection, subject, stream, connection.keyValue(BUCKET), consumer);
        } catch (JetStreamApiException e) {
            connection.close();
            throw new IOException(e);
        }
    }

    private static void setUp(Connection connection) throws IOException, JetStreamApiException {
        JetStreamManagement management = connection.jetStreamManagement();
        if (management.getStreamNames().contains(STREAM)) {
            return;
        }
        management.addStream(StreamConfiguration.builder()
                .name(STREAM)
                .subjects("bench.req.*")
                .retentionPolicy(RetentionPolicy.WorkQueue)
                .storageType(StorageType.File)
                .duplicateWindow(Duration.ofMinutes(2))
                .build());
        connection
                .keyValueManagement()
                .create(KeyValueConfiguration.builder()
                        .name(BUCKET)
                        .storageType(StorageType.File)
                        .build());
    }

    public void publish(byte[] body) {
        done(() -> stream.publish(subject, body));
    }

    /** Takes one message that was published here before. */
    public void fetch() {
        done(() -> {
            List<Message> messages = consumer.fetch(1, PATIENCE);
            if (messages.isEmpty()) {
                throw new IOException("no message came");
            }
            return fetched.add(messages.getFirst());
        });
    }

    /** Acknowledges one message that was fetched here before. */
    public void ackSync() {
        done(() -> {
            fetched.remove().ackSync(PATIENCE);
            return true;
        });
    }

    /** A new key with this value. */
    public void create(byte[] value) {
        done(() -> {
            created++;
            key = keys + created;
            revision = bucket.create(key, value);
            return revision;
        });
    }

    /** Another value for the key that was created here last, by compare and set. */
    public void update(byte[] value) {
        done(() -> {
            revision = bucket.update(key, value, revision);
            return revision;
        });
    }

    private interface Step<T> {
        T take() throws IOException, JetStreamApiException, TimeoutException, InterruptedException;
    }

    private static <T> T done(Step<T> step) {
        try {
            return step.take();
        } catch (IOException | JetStreamApiException | TimeoutException e) {
            throw new IllegalStateException("the server does not do its part", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
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
