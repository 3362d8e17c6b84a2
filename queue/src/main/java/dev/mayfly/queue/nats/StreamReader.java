package dev.mayfly.queue.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PurgeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StreamState;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads a stream by number and by subject (direct get, NATS ADR-31), and through. */
final class StreamReader {
    private static final int BATCH = 512;
    private static final Duration SCAN_IS_FORGOTTEN = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;
    private static final int NO_SUCH_MESSAGE = 10043;

    private final NatsLink link;
    private final String stream;

    StreamReader(NatsLink link, String stream) {
        this.link = link;
        this.stream = stream;
    }

    /** The last message of a subject. */
    Optional<Stored> last(String subject) {
        return got(link.request(
                "cannot read from the queue", "$JS.API.DIRECT.GET." + stream + "." + subject, new byte[0]));
    }

    Optional<Stored> at(long sequence) {
        byte[] question = ("{\"seq\":" + sequence + "}").getBytes(StandardCharsets.UTF_8);
        return got(link.request("cannot read from the queue", "$JS.API.DIRECT.GET." + stream, question));
    }

    private Optional<Stored> got(Message answer) {
        if (answer.isStatusMessage()) {
            if (answer.getStatus().getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw NatsFailures.unreachable(
                    "cannot read from the queue",
                    "the server said " + answer.getStatus().getMessageWithCode(),
                    null);
        }
        Headers headers = headers(answer);
        return Optional.of(new Stored(
                text(headers, "Nats-Subject"),
                Long.parseLong(text(headers, "Nats-Sequence")),
                Instant.parse(text(headers, "Nats-Time-Stamp")),
                headers,
                answer.getData()));
    }

    StreamState state() {
        return link.call(
                "cannot look at the queue",
                () -> link.management().getStreamInfo(stream).getStreamState());
    }

    /**
     * Removes a message; nothing happens when it is not there. By its subject and all numbers up to its own, because a
     * bucket allows no other way; its subject has no earlier one.
     */
    void delete(Stored message) {
        link.call(
                "cannot delete from the queue",
                () -> link.management()
                        .purgeStream(
                                stream,
                                PurgeOptions.builder()
                                        .subject(message.subject())
                                        .sequence(message.sequence() + 1)
                                        .build()));
    }

    /** Removes one message of a stream that is no bucket; nothing happens when it is not there. */
    void delete(long sequence) {
        link.call("cannot delete from the queue", () -> {
            try {
                return link.management().deleteMessage(stream, sequence, false);
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() == NO_SUCH_MESSAGE || e.getErrorCode() == NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        });
    }

    /**
     * What is wanted of all messages from one number to another that are there, in order; they come without their
     * bodies.
     */
    <T> List<T> scan(long from, long to, Function<Stored, Optional<T>> wanted) {
        return link.call("cannot read through the queue", () -> scanOnce(from, to, wanted));
    }

    private <T> List<T> scanOnce(long from, long to, Function<Stored, Optional<T>> wanted)
            throws IOException, JetStreamApiException {
        ConsumerConfiguration consumer = ConsumerConfiguration.builder()
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(Math.max(1, from))
                .ackPolicy(AckPolicy.None)
                .headersOnly(true)
                .memStorage(true)
                .inactiveThreshold(SCAN_IS_FORGOTTEN)
                .build();
        JetStreamSubscription line = link.jetStream()
                .subscribe(
                        null,
                        PullSubscribeOptions.builder().stream(stream)
                                .configuration(consumer)
                                .build());
        try {
            List<T> found = new ArrayList<>();
            long left = line.getConsumerInfo().getNumPending();
            while (left > 0) {
                List<Message> batch = line.fetch((int) Math.min(left, BATCH), link.patience());
                if (batch.isEmpty()) {
                    throw new IOException("reading stopped with " + left + " messages to come");
                }
                for (Message message : batch) {
                    long sequence = message.metaData().streamSequence();
                    if (sequence > to) {
                        return found;
                    }
                    left = message.metaData().pendingCount();
                    wanted.apply(new Stored(
                                    message.getSubject(),
                                    sequence,
                                    message.metaData().timestamp().toInstant(),
                                    headers(message),
                                    new byte[0]))
                            .ifPresent(found::add);
                }
            }
            return found;
        } finally {
            line.unsubscribe();
            forget(line.getConsumerName());
        }
    }

    /** A server allows a stream so many consumers (1,000 unless told otherwise), and keeps idle ones for a while. */
    private void forget(String consumer) throws IOException {
        try {
            link.management().deleteConsumer(stream, consumer);
        } catch (JetStreamApiException e) {
            // It goes by itself after SCAN_IS_FORGOTTEN.
        }
    }

    static Headers headers(Message message) {
        Headers headers = message.getHeaders();
        return headers == null ? new Headers() : headers;
    }

    private static String text(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }
}
