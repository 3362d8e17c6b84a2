package dev.mayfly.bench;

import dev.mayfly.bench.nats.RawJetStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the server does without us: each step alone, and all steps of a job one after the other. */
final class NatsLimits implements AutoCloseable {
    /** All that a job needs of the server when it comes over the wire: a message, three states, an acknowledgement. */
    static final String CYCLE = "nats_cycle";

    /** As large as a request, an entry without an answer, and one with it. */
    private static final byte[] REQUEST = "r".repeat(40).getBytes(StandardCharsets.UTF_8);

    private static final byte[] ENTRY = "e".repeat(450).getBytes(StandardCharsets.UTF_8);
    private static final byte[] ANSWERED = "a".repeat(2000).getBytes(StandardCharsets.UTF_8);

    /** More than one turn takes, because turns come in any order. */
    private static final int AHEAD = 100;

    private final String url;
    private final RawJetStream server;

    private NatsLimits(String url, RawJetStream server) {
        this.url = url;
        this.server = server;
    }

    static NatsLimits connect(String url) throws IOException, InterruptedException {
        RawJetStream server = RawJetStream.connect(url, 0);
        for (int i = 0; i < AHEAD; i++) {
            server.publish(REQUEST);
            server.publish(REQUEST);
            server.fetch();
        }
        server.create(ENTRY);
        return new NatsLimits(url, server);
    }

    List<Contender> contenders() {
        return List.of(
                new Contender("nats_publish", "server: publish", () -> server.publish(REQUEST)),
                new Contender("nats_fetch", "server: fetch one", server::fetch),
                new Contender("nats_ack", "server: ackSync", server::ackSync),
                new Contender("nats_create", "server: KV create", () -> server.create(ENTRY)),
                new Contender("nats_update", "server: KV update", () -> server.update(ANSWERED)));
    }

    /** With so many clients at once, each with its own connection. */
    List<RawRate> rates(int clients, long millis) throws IOException, InterruptedException {
        List<RawJetStream> all = new ArrayList<>();
        try {
            for (int i = 1; i <= clients; i++) {
                all.add(RawJetStream.connect(url, i));
            }
            return List.of(
                    rate("nats_publish", "server: publish", all, each -> each.publish(REQUEST), millis),
                    rate("nats_kv", "server: KV create, update", all, NatsLimits::createAndUpdate, millis),
                    rate(
                            CYCLE,
                            "server: publish, fetch, KV create, update, update, ackSync",
                            all,
                            NatsLimits::cycle,
                            millis));
        } finally {
            all.forEach(RawJetStream::close);
        }
    }

    private static RawRate rate(
            String id, String name, List<RawJetStream> all, Consumer<RawJetStream> work, long millis)
            throws InterruptedException {
        List<Contender.Work> works = all.stream()
                .<Contender.Work>map(each -> () -> work.accept(each))
                .toList();
        return RawRate.measure(id, name, works, millis);
    }

    private static void createAndUpdate(RawJetStream each) {
        each.create(ENTRY);
        each.update(ANSWERED);
    }

    private static void cycle(RawJetStream each) {
        each.publish(REQUEST);
        each.fetch();
        each.create(ENTRY);
        each.update(ENTRY);
        each.update(ANSWERED);
        each.ackSync();
    }

    @Override
    public void close() {
        server.close();
    }
}
