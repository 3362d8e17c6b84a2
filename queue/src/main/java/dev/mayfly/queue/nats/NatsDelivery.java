package dev.mayfly.queue.nats;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A message from the server, answered by words on its reply subject (NATS ADR-15). */
final class NatsDelivery implements Delivery {
    private final NatsLink link;
    private final Bodies bodies;
    private final String replyTo;
    private final NatsJetStreamMetaData about;
    private final Headers headers;
    private final Message message;

    NatsDelivery(NatsLink link, Bodies bodies, io.nats.client.Message raw, Message message) {
        this.link = link;
        this.bodies = bodies;
        this.replyTo = raw.getReplyTo();
        this.about = raw.metaData();
        this.headers = StreamReader.headers(raw);
        this.message = message;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public long number() {
        return about.streamSequence();
    }

    @Override
    public int count() {
        return (int) Math.min(Integer.MAX_VALUE, about.deliveredCount());
    }

    @Override
    public Instant publishedAt() {
        return about.timestamp().toInstant();
    }

    /** Only the first time: until a message comes again its entry has changed. */
    @Override
    public Optional<JobEntry> queued() {
        return count() == 1
                ? Optional.ofNullable(headers.getFirst(Names.ENTRY)).flatMap(EntryHeader::read)
                : Optional.empty();
    }

    @Override
    public boolean ack() {
        boolean kept = link.tryRequest(replyTo, "+ACK").isPresent();
        if (kept) {
            bodies.drop(headers);
        }
        return kept;
    }

    @Override
    public void retry(Duration delay) {
        say(back(delay));
    }

    @Override
    public void extend() {
        say("+WPI");
    }

    private void say(String word) {
        link.tell(replyTo, word.getBytes(StandardCharsets.UTF_8));
    }

    static String back(Duration delay) {
        return delay.isPositive() ? "-NAK {\"delay\":" + delay.toNanos() + "}" : "-NAK";
    }
}
