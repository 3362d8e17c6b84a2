package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import io.nats.client.Dispatcher;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Requests in the stream {@code RUN}, one pull consumer for all workers. */
final class NatsQueue implements WorkQueue {
    /**
     * No pull request is older than this, so that one which the server forgot without a word is asked again (nats.java
     * issue 1272).
     */
    private static final Duration SLICE = Duration.ofSeconds(5);

    /** How much later than asked for the server may say that nothing came. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** The server does not take shorter waits. */
    private static final Duration SHORTEST = Duration.ofMillis(2);

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int NO_RESPONDERS = 503;
    private static final int CONFLICT = 409;

    private final NatsLink link;
    private final NatsSettings settings;
    private final Provision provision;
    private final Bodies bodies;
    private final DeadLetters dead;
    private final IdSource ids;
    private final Log log;
    private final Dispatcher dispatcher;
    private final Queue<PullLine> idle = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean serves;

    NatsQueue(NatsLink link, NatsSettings settings, Provision provision, Bodies bodies, IdSource ids, Log log) {
        this.link = link;
        this.settings = settings;
        this.provision = provision;
        this.bodies = bodies;
        this.dead = new DeadLetters(link, bodies, ids);
        this.ids = ids;
        this.log = log;
        this.dispatcher = link.connection().createDispatcher();
    }

    @Override
    public boolean publish(Message message) {
        return publish(message, new Headers());
    }

    /** @param entry stored already; it goes along, for the worker that gets the message */
    void publish(Message message, JobEntry entry) {
        Headers headers = new Headers();
        headers.put(Names.ENTRY, EntryHeader.text(entry));
        publish(message, headers);
    }

    private boolean publish(Message message, Headers headers) {
        requireOpen();
        if (!message.id().isEmpty()) {
            headers.put("Nats-Msg-Id", HeaderText.encode(message.id()));
        }
        byte[] body = bodies.pack(Bodies.Kind.REQUEST, ids.next(), headers, message.body());
        PublishOptions options =
                PublishOptions.builder().expectedStream(settings.stream()).build();
        try {
            PublishAck ack = link.publish(
                    "cannot put a message in line on " + message.subject(), message.subject(), headers, body, options);
            if (ack.isDuplicate()) {
                bodies.drop(headers);
            }
            return !ack.isDuplicate();
        } catch (MayflyException e) {
            // One that may have arrived keeps its body.
            if (e.code() != ErrorCode.QUEUE_UNREACHABLE) {
                bodies.drop(headers);
            }
            throw e;
        }
    }

    @Override
    public Optional<Delivery> next(Duration wait) throws InterruptedException {
        if (!serves && !closed.isDone()) {
            // Several threads may do it at once, which changes nothing.
            provision.serve();
            serves = true;
        }
        Deadline deadline = link.deadline(wait);
        boolean answered = false;
        do {
            if (closed.isDone()) {
                return Optional.empty();
            }
            PullLine line = line();
            try {
                Optional<io.nats.client.Message> answer = pull(line, deadline);
                answered |= answer.isPresent();
                if (answer.isPresent() && answer.get().isJetStream()) {
                    return Optional.of(delivery(answer.get()));
                }
                if (answer.isPresent()) {
                    heed(answer.get());
                }
            } catch (IllegalStateException e) {
                if (link.isClosed() || !closed.isDone()) {
                    link.awaitConnected(min(deadline.left(), Duration.ofSeconds(1)));
                }
            }
        } while (!deadline.passed());
        if (!answered && !closed.isDone()) {
            throw NatsFailures.unreachable(
                    "cannot fetch from the queue",
                    link.isConnected() ? "the server does not answer" : "there is no connection to the server",
                    null);
        }
        return Optional.empty();
    }

    private PullLine line() {
        PullLine line = idle.poll();
        return line == null
                ? new PullLine(
                        link, dispatcher, "$JS.API.CONSUMER.MSG.NEXT." + settings.stream() + "." + settings.durable())
                : line;
    }

    /** Empty when there was no answer. The line is idle afterwards, or closed when its question may still stand. */
    private Optional<io.nats.client.Message> pull(PullLine line, Deadline deadline) throws InterruptedException {
        Duration expires = min(deadline.left(), SLICE);
        if (expires.compareTo(SHORTEST) < 0) {
            expires = Duration.ZERO;
        }
        boolean settled = false;
        try {
            CompletableFuture<Void> lost = link.events().lost();
            CompletableFuture<io.nats.client.Message> answer = line.pull(expires);
            CompletableFuture.anyOf(answer, lost, closed)
                    .get(expires.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
            settled = answer.isDone();
            return settled ? Optional.of(answer.resultNow()) : Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } finally {
            line.rest();
            if (settled) {
                idle.add(line);
            } else {
                line.close();
            }
        }
    }

    /** What the server says instead of a message. */
    private void heed(io.nats.client.Message status) throws InterruptedException {
        int code = status.getStatus().getCode();
        if (code == NO_RESPONDERS || code == CONFLICT) {
            log.warn()
                    .with("status", status.getStatus().getMessageWithCode())
                    .log("the queue's consumer does not answer as it should; it is set up again if it is gone");
            Thread.sleep(PAUSE.toMillis());
            provision.consumer();
        }
    }

    private Delivery delivery(io.nats.client.Message raw) {
        Headers headers = StreamReader.headers(raw);
        byte[] body;
        try {
            body = bodies.unpack(headers, raw.getData());
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.STATE_CORRUPT) {
                link.tell(
                        raw.getReplyTo(),
                        NatsDelivery.back(Duration.ofSeconds(1)).getBytes(StandardCharsets.UTF_8));
                throw e;
            }
            // Read as a request it is malformed, and so it goes where somebody will see it.
            log.error().with("subject", raw.getSubject()).with("why", e.why()).log(e.what());
            body = new byte[0];
        }
        String id = Optional.ofNullable(headers.getFirst("Nats-Msg-Id")).orElse("");
        return new NatsDelivery(link, bodies, raw, new Message(raw.getSubject(), HeaderText.decode(id), body));
    }

    @Override
    public void bury(Delivery delivery, Optional<JobId> job, String reason) {
        requireOpen();
        dead.add(settings.stream(), delivery, job, reason);
        delivery.ack();
    }

    @Override
    public List<DeadLetter> deadLetters(int most) {
        requireOpen();
        return dead.newest(most);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        requireOpen();
        return dead.find(number);
    }

    @Override
    public void forget(long number) {
        requireOpen();
        dead.forget(number);
    }

    @Override
    public Depth depth() {
        requireOpen();
        ConsumerInfo info = link.call(
                "cannot look at the queue",
                () -> link.management().getConsumerInfo(settings.stream(), settings.durable()));
        return new Depth(info.getNumPending(), info.getNumAckPending(), dead.count());
    }

    private void requireOpen() {
        if (closed.isDone()) {
            throw NatsFailures.unreachable("cannot use the queue", "it was closed", null);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        closed.complete(null);
    }
}
