package dev.mayfly.queue.nats;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.contract.Engine;
import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Servers of one test, and engines on them; all end with it. */
final class NatsFarm implements AutoCloseable {
    private final Path temp;
    private final List<NatsServer> servers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    /** @param temp deleted by the caller */
    NatsFarm(Path temp) {
        this.temp = temp;
    }

    NatsServer server(NatsOptions options) throws IOException {
        return server(Needs.natsServer(), options);
    }

    NatsServer server(Path binary, NatsOptions options) throws IOException {
        Path folder = Files.createDirectory(temp.resolve("server-" + servers.size()));
        NatsServer server = NatsServer.start(binary, folder, options);
        servers.add(server);
        return server;
    }

    EngineHome home(EngineTerms terms) throws IOException {
        NatsServer server = server(NatsOptions.plain());
        return () -> new Opened(engine(settings(server, terms)));
    }

    static NatsSettings settings(NatsServer server, EngineTerms terms) {
        NatsSettings plain = NatsSettings.at(server.url());
        return new NatsSettings(
                plain.url(),
                plain.subject(),
                plain.stream(),
                plain.durable(),
                plain.maxAckPending(),
                terms.ackWait(),
                terms.duplicateWindow(),
                plain.patience(),
                plain.receiptWait(),
                plain.resultsKept(),
                terms.maxMessages(),
                Optional.empty(),
                false);
    }

    static NatsSettings settings(NatsServer server, Duration ackWait) {
        return settings(server, EngineTerms.CALM.withAckWait(ackWait));
    }

    static NatsSettings waiting(NatsSettings plain, Duration receiptWait) {
        return new NatsSettings(
                plain.url(),
                plain.subject(),
                plain.stream(),
                plain.durable(),
                plain.maxAckPending(),
                plain.ackWait(),
                plain.duplicateWindow(),
                plain.patience(),
                receiptWait,
                plain.resultsKept(),
                plain.maxMessages(),
                plain.credentials(),
                plain.allowOldServer());
    }

    NatsEngine engine(NatsSettings settings) {
        return engine(settings, Log.off());
    }

    NatsEngine engine(NatsSettings settings, Log log) {
        return closing(NatsEngine.open(settings, IdSource.random(), log));
    }

    <T extends AutoCloseable> T closing(T thing) {
        open.add(thing);
        return thing;
    }

    private record Opened(NatsEngine engine) implements Engine {
        @Override
        public WorkQueue queue() {
            return engine.queue();
        }

        @Override
        public JobLedger ledger() {
            return engine.ledger();
        }

        @Override
        public Answers answers() {
            return engine.answers();
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        servers.forEach(NatsServer::close);
    }
}
