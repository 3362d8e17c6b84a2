package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.guest.Texts;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host's side: guests post here where they are. Only those that somebody expects are heard, and only with the nonce of
 * their boot, so that no guest can speak for another. Safe for concurrent use.
 */
public final class AnnounceDesk implements AutoCloseable {
    /** shoes-vz calls it the second; both take the same. */
    private static final Set<String> PATHS = Set.of("/announce", "/notify-ip");

    private static final SmallServer.Bounds BOUNDS = new SmallServer.Bounds(4096, 8192, 32, Duration.ofSeconds(10));
    private static final int OK = 200;
    private static final int BAD = 400;
    private static final int USUAL_PORT = 8080;
    private static final int USUAL_SSH = 22;

    private static final class Expected {
        final String nonce;
        final Gate gate;
        Optional<Announced> latest = Optional.empty();

        Expected(String nonce) {
            this.nonce = nonce;
            this.gate = new Gate(nonce);
        }
    }

    private final Map<String, Expected> expected = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final SmallServer server;

    /** @throws MayflyException {@code LISTEN_FAILED} */
    public static AnnounceDesk open(InetSocketAddress at, Log log) {
        return open(at, BOUNDS, log);
    }

    static AnnounceDesk open(InetSocketAddress at, SmallServer.Bounds bounds, Log log) {
        return new AnnounceDesk(at, bounds, log.named("announce"));
    }

    private AnnounceDesk(InetSocketAddress at, SmallServer.Bounds bounds, Log log) {
        this.server = SmallServer.open(at, bounds, this::answer, log);
    }

    public int port() {
        return server.port();
    }

    /** Hears a runner from now on, when it knows this nonce. What one with this nonce has said already stays said. */
    public void expect(String runner, String nonce) {
        expected.compute(
                runner, (_, known) -> known != null && known.nonce.equals(nonce) ? known : new Expected(nonce));
    }

    /** Hears it no more. */
    public void forget(String runner) {
        expected.remove(runner);
        signal();
    }

    /**
     * Where an expected runner said last that it is; waits until it says so.
     *
     * @return empty when patience is over, or nobody expects it any more
     */
    public Optional<Announced> await(String runner, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                Expected who = expected.get(runner);
                if (who == null || who.latest.isPresent() || left <= 0) {
                    return who == null ? Optional.empty() : who.latest;
                }
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private SmallServer.Reply answer(SmallServer.Request request) {
        if (!PATHS.contains(request.path())) {
            return SmallServer.plain(404, "guests say where they are at /announce");
        }
        if (!request.method().equals("POST")) {
            return SmallServer.plain(405, "guests post where they are");
        }
        String runner = request.header(Proof.RUNNER);
        Expected who = expected.get(runner);
        if (who == null) {
            return Gate.denied();
        }
        Optional<SmallServer.Reply> refusal = who.gate.refusal(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        try {
            Announced place = place(runner, request.body());
            lock.lock();
            try {
                who.latest = Optional.of(place);
                news.signalAll();
            } finally {
                lock.unlock();
            }
            return who.gate.signed(request, OK, JsonObject.of().with("status", "ok"));
        } catch (IllegalArgumentException | JsonSyntaxException e) {
            return who.gate.signed(request, BAD, JsonObject.of().with("error", String.valueOf(e.getMessage())));
        }
    }

    private static Announced place(String runner, String body) {
        if (!(JsonReader.read(body.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object)) {
            throw new IllegalArgumentException("this is no object");
        }
        if (!Texts.text(object, "runner_id").equals(runner)) {
            throw new IllegalArgumentException("runner_id is another's");
        }
        return new Announced(
                Texts.text(object, "ip_address"),
                (int) Texts.number(object, "port", USUAL_PORT),
                (int) Texts.number(object, "ssh_port", USUAL_SSH),
                Texts.text(object, "ssh_host_key"));
    }

    @Override
    public void close() {
        server.close();
    }
}
