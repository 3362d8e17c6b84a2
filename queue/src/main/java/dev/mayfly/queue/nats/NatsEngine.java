package dev.mayfly.queue.nats;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.ObjectStoreOptions;
import io.nats.client.Options;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** The three ports on one connection, which is made again for as long as it takes when it is lost. */
public final class NatsEngine implements QueueEngine {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final Duration JITTER = Duration.ofMillis(300);

    /** A server that says nothing for two of these counts as gone. */
    private static final Duration PING = Duration.ofSeconds(5);

    private final NatsLink link;
    private final NatsSettings settings;
    private final String version;
    private final NatsQueue queue;
    private final NatsLedger ledger;
    private final NatsAnswers answers;

    private NatsEngine(NatsLink link, NatsSettings settings, ServerInfo server, IdSource ids, Log log)
            throws IOException {
        this.link = link;
        this.settings = settings;
        this.version = server.getVersion();
        Provision provision = new Provision(link, settings, log);
        provision.all();
        Bodies bodies = new Bodies(
                link,
                link.connection()
                        .objectStore(
                                Names.BLOBS,
                                ObjectStoreOptions.builder()
                                        .jetStreamOptions(patient(settings))
                                        .build()),
                server.getMaxPayload());
        this.queue = new NatsQueue(link, settings, provision, bodies, ids, log);
        this.ledger = new NatsLedger(link, bodies, ids, InstantSource.system(), settings.stream());
        this.answers = new NatsAnswers(link, bodies.largestInline(), settings.receiptWait());
    }

    /**
     * Connects, looks whether the server can keep what the queue promises, and sets up what is missing.
     *
     * @throws MayflyException {@code QUEUE_UNREACHABLE}, {@code QUEUE_UNSUITABLE} or {@code STATE_UNAVAILABLE}
     */
    public static NatsEngine open(NatsSettings settings, IdSource ids, Log log) {
        Log named = log.named("queue");
        LinkEvents events = new LinkEvents(named);
        Connection connection = connect(settings, events);
        try {
            ServerInfo server = connection.getServerInfo();
            ServerCheck.requireVersion(server.getVersion(), settings.shownUrl(), settings.allowOldServer());
            JetStreamManagement management = connection.jetStreamManagement(patient(settings));
            requireJetStream(management, server, settings);
            NatsLink link = new NatsLink(
                    connection,
                    events,
                    connection.jetStream(patient(settings)),
                    management,
                    settings.patience(),
                    Ticker.system());
            return new NatsEngine(link, settings, server, ids, named);
        } catch (IOException e) {
            close(connection);
            throw NatsFailures.unreachable(
                    "cannot use the queue at " + settings.shownUrl(), String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private static Connection connect(NatsSettings settings, LinkEvents events) {
        try {
            Options.Builder options = new Options.Builder()
                    .servers(settings.url().split(","))
                    .connectionName("mayfly")
                    .connectionTimeout(CONNECT)
                    .maxReconnects(-1)
                    .reconnectWait(AGAIN)
                    .reconnectJitter(JITTER)
                    .reconnectJitterTls(JITTER)
                    // What cannot be sent now must not be sent later: its sender was told that it failed.
                    .reconnectBufferSize(0)
                    .pingInterval(PING)
                    .requestCleanupInterval(settings.patience().multipliedBy(2))
                    .connectionListener(events)
                    .errorListener(events);
            if (settings.credentials().isPresent()) {
                options.authHandler(CredentialsFile.read(settings.credentials().get()));
            }
            return Nats.connect(options.build());
        } catch (IOException | IllegalArgumentException e) {
            throw NatsFailures.unreachable(
                    "cannot reach the queue at " + settings.shownUrl(),
                    NatsSettings.withoutSecrets(String.valueOf(e.getMessage())),
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw NatsFailures.unreachable("cannot reach the queue at " + settings.shownUrl(), "interrupted", e);
        }
    }

    private static void requireJetStream(JetStreamManagement management, ServerInfo server, NatsSettings settings)
            throws IOException {
        try {
            management.getAccountStatistics();
        } catch (JetStreamApiException e) {
            throw ServerCheck.noJetStream(settings.shownUrl(), String.valueOf(e.getErrorDescription()));
        } catch (IOException e) {
            if (server.isJetStreamAvailable()) {
                throw e;
            }
            throw ServerCheck.noJetStream(settings.shownUrl(), "it was started without it");
        }
    }

    private static JetStreamOptions patient(NatsSettings settings) {
        return JetStreamOptions.builder().requestTimeout(settings.patience()).build();
    }

    @Override
    public WorkQueue queue() {
        return queue;
    }

    @Override
    public JobLedger ledger() {
        return ledger;
    }

    @Override
    public Answers answers() {
        return answers;
    }

    /** The message carries the entry, which saves its worker a question. */
    @Override
    public Optional<JobEntry> enqueue(JobEntry entry, Message message) {
        Optional<JobEntry> stored = ledger.store(entry);
        stored.ifPresent(queued -> queue.publish(message, queued));
        return stored;
    }

    @Override
    public Overhearing overhear(Consumer<Message> hook) {
        return new DuplicateEcho(link, settings.subject(), hook);
    }

    public String serverVersion() {
        return version;
    }

    @Override
    public void close() {
        queue.close();
        ledger.close();
        answers.close();
        link.close();
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
