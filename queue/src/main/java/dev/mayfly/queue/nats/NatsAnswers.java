package dev.mayfly.queue.nats;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.port.Answers;
import io.nats.client.Dispatcher;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers on {@code run.res.<name>}. Whoever listens hears each of them; the stream {@code RUN_RES} takes the first and
 * refuses the rest.
 */
final class NatsAnswers implements Answers {
    private final NatsLink link;
    private final int largest;
    private final Dispatcher dispatcher;
    private final Echo echo;
    private final OldClients oldClients;
    private final Set<NatsListener> listening = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    NatsAnswers(NatsLink link, int largest, Duration receiptWait) {
        this.link = link;
        this.largest = largest;
        this.dispatcher = link.connection().createDispatcher();
        this.echo = new Echo(link, dispatcher);
        this.oldClients = new OldClients(link, this::announce, receiptWait);
    }

    @Override
    public void announce(JobId name, Answer answer) {
        link.tell(Names.result(name), CutAnswer.sent(name, answer, largest));
    }

    @Override
    public void insist(JobId name, Answer answer) {
        oldClients.tell(name, answer);
    }

    /** Answers that were said once only, because too many others were still being said again. */
    long notRepeated() {
        return oldClients.notRepeated();
    }

    @Override
    public Listener listen(JobId name) {
        if (closed) {
            throw NatsFailures.unreachable("cannot listen for an answer", "the queue was closed", null);
        }
        NatsListener listener = new NatsListener();
        listener.begin(name);
        return listener;
    }

    @Override
    public void close() {
        closed = true;
        oldClients.close();
        listening.forEach(NatsListener::close);
    }

    private final class NatsListener implements Listener {
        private final Semaphore news = new Semaphore(0);
        private java.util.Optional<Subscription> subscription = java.util.Optional.empty();

        private void begin(JobId name) {
            listening.add(this);
            try {
                link.call("cannot listen for an answer", () -> {
                    subscription = java.util.Optional.of(dispatcher.subscribe(Names.result(name), _ -> news.release()));
                    echo.await();
                    return true;
                });
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public void await(Duration most) throws InterruptedException {
            if (!closed && news.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                news.drainPermits();
            }
        }

        @Override
        public void close() {
            if (listening.remove(this)) {
                try {
                    subscription.ifPresent(dispatcher::unsubscribe);
                } catch (IllegalStateException e) {
                    // The connection is closed, and with it this.
                }
                news.release();
            }
        }
    }
}
