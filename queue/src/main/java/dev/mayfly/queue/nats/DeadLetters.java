package dev.mayfly.queue.nats;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import io.nats.client.PublishOptions;
import io.nats.client.api.StreamState;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.Optional;

/** Messages that were given up, in the stream {@code RUN_DLQ}; their number there is their number. */
final class DeadLetters {
    /** Headers, too, count for what a message may have. */
    private static final int LONGEST_REASON = 2000;

    private final NatsLink link;
    private final StreamReader stream;
    private final Bodies bodies;
    private final IdSource ids;

    DeadLetters(NatsLink link, Bodies bodies, IdSource ids) {
        this.link = link;
        this.stream = new StreamReader(link, Names.DEAD_STREAM);
        this.bodies = bodies;
        this.ids = ids;
    }

    /** Keeps a copy; one that was kept a moment ago is not kept twice. */
    void add(String from, Delivery delivery, Optional<JobId> job, String reason) {
        Message message = delivery.message();
        Headers headers = new Headers();
        // Numbers start again when a stream is made anew, times do not.
        headers.put(
                "Nats-Msg-Id",
                from + "." + delivery.number() + "." + delivery.publishedAt().toEpochMilli());
        headers.put(Names.REASON, HeaderText.encode(reason.substring(0, Math.min(reason.length(), LONGEST_REASON))));
        headers.put(Names.DEAD_SUBJECT, HeaderText.encode(message.subject()));
        if (!message.id().isEmpty()) {
            headers.put(Names.DEAD_ID, HeaderText.encode(message.id()));
        }
        job.ifPresent(id -> headers.put(Names.DEAD_JOB, id.value()));
        byte[] body = bodies.pack(Bodies.Kind.LETTER, ids.next(), headers, message.body());
        boolean kept = link.publish(
                        "cannot keep a dead letter",
                        Names.DEAD,
                        headers,
                        body,
                        PublishOptions.builder()
                                .expectedStream(Names.DEAD_STREAM)
                                .build())
                .isDuplicate();
        if (kept) {
            bodies.drop(headers);
        }
    }

    List<DeadLetter> newest(int most) {
        StreamState state = stream.state();
        return new Backwards(state.getFirstSequence(), state.getLastSequence())
                .newest(most, (from, to) -> stream.scan(from, to, letter -> Optional.of(letter.sequence()))).stream()
                        .map(this::find)
                        .flatMap(Optional::stream)
                        .toList();
    }

    Optional<DeadLetter> find(long number) {
        return stream.at(number).map(this::letter);
    }

    private DeadLetter letter(Stored stored) {
        byte[] body = bodies.unpack(stored.headers(), stored.body());
        return new DeadLetter(
                stored.sequence(),
                stored.header(Names.DEAD_JOB).filter(JobId::fits).map(JobId::new),
                stored.at(),
                text(stored, Names.REASON),
                new Message(text(stored, Names.DEAD_SUBJECT), text(stored, Names.DEAD_ID), body));
    }

    private static String text(Stored stored, String header) {
        return HeaderText.decode(stored.header(header).orElse(""));
    }

    void forget(long number) {
        stream.at(number).ifPresent(stored -> {
            stream.delete(number);
            bodies.drop(stored.headers());
        });
    }

    long count() {
        return stream.state().getMsgCount();
    }
}
