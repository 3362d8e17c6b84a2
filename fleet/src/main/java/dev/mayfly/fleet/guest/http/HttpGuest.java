package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.guest.RunnerFile;
import dev.mayfly.fleet.guest.RunnerWatch;
import dev.mayfly.fleet.guest.Seed;
import dev.mayfly.fleet.guest.Texts;
import dev.mayfly.fleet.runner.GuestState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The guest's side: says where it is until its host has heard it, and again when that changes; and answers.
 *
 * <pre>
 *   GET  /health                                            {"status":"ok"}
 *   GET  /status    {"state":2,"state_name":"idle","runner_name":…,"repository":…,"labels":[],"uptime_seconds":…}
 *   POST /exec      {"command":…,"args":[…],"input":…,"seconds":N}    {"output":…,"exit_code":N,"error":…}
 * </pre>
 */
public final class HttpGuest implements AutoCloseable {
    private static final SmallServer.Bounds BOUNDS =
            new SmallServer.Bounds(8 << 10, 2 << 20, 16, Duration.ofSeconds(30));

    private static final int OK = 200;
    private static final int BAD = 400;
    private static final int CONNECT_MILLIS = 10_000;
    private static final Duration ASK = Duration.ofSeconds(10);
    private static final Duration SOONEST = Duration.ofMillis(250);
    private static final Duration LATEST = Duration.ofSeconds(10);

    /** A lease may end and another address begin; and the host may have forgotten. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    /** @param hostKey the machine's public SSH host key; empty when it has none to say */
    public record Door(String hostKey, int port) {
        public Door {
            Objects.requireNonNull(hostKey, "hostKey");
        }
    }

    private final Seed seed;
    private final InetSocketAddress agent;
    private final Door door;
    private final RunnerWatch watch;
    private final Gate gate;
    private final Knock knock;
    private final Log log;
    private final SmallServer server;
    private final long began = System.nanoTime();

    private HttpGuest(Seed seed, InetSocketAddress agent, InetSocketAddress at, Door door, RunnerWatch watch, Log log) {
        this.seed = seed;
        this.agent = agent;
        this.door = door;
        this.watch = watch;
        this.log = log;
        this.gate = new Gate(seed.nonce());
        this.knock = new Knock(seed.runner(), seed.nonce(), Clock.systemUTC());
        this.server = SmallServer.open(at, BOUNDS, this::answer, log);
    }

    /**
     * @param agent where the host listens
     * @param at where this one does
     * @param door where the machine takes SSH
     * @throws MayflyException {@code LISTEN_FAILED}
     */
    public static HttpGuest open(
            Seed seed, InetSocketAddress agent, InetSocketAddress at, Door door, RunnerWatch watch, Log parentLog) {
        return new HttpGuest(Objects.requireNonNull(seed, "seed"), agent, at, door, watch, parentLog.named("guest"));
    }

    public int port() {
        return server.port();
    }

    // --- saying where it is ----------------------------------------------------------------------------------------

    /** Until it is interrupted. Never gives up: a network may be late, and a host may be starting. */
    public void announce() throws InterruptedException {
        Duration pause = SOONEST;
        String told = "";
        while (!Thread.interrupted()) {
            try {
                String here = addressTowards(agent);
                // Also when nothing has changed: another agent may have taken the machine over.
                tell(here);
                if (!here.equals(told)) {
                    told = here;
                    log.info().with("address", here).log("the host knows where this machine is");
                }
                pause = LOOK_AGAIN;
            } catch (IOException e) {
                log.debug().cause(e).log("the host does not know where this machine is");
                told = "";
                Duration longer = pause.multipliedBy(2);
                pause = pause.equals(LOOK_AGAIN) ? SOONEST : longer.compareTo(LATEST) < 0 ? longer : LATEST;
            }
            Thread.sleep(pause);
        }
        throw new InterruptedException("told to end");
    }

    /** The one that the host sees, asked anew each time: names and lists of cards say less than a connection. */
    private static String addressTowards(InetSocketAddress host) throws IOException {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(host.getHostString(), host.getPort()), CONNECT_MILLIS);
            return probe.getLocalAddress().getHostAddress();
        }
    }

    /** Once. */
    void tell(String address) throws IOException, InterruptedException {
        Knock.Answer answer = knock.ask(
                agent,
                "POST",
                "/announce",
                JsonObject.of()
                        .with("runner_id", seed.runner())
                        .with("ip_address", address)
                        .with("port", port())
                        .with("ssh_port", door.port())
                        .with("ssh_host_key", door.hostKey()),
                ASK);
        if (answer.status() != OK) {
            throw new IOException("the host says " + answer.status() + ": " + Texts.text(answer.body(), "error"));
        }
    }

    // --- answering -------------------------------------------------------------------------------------------------

    private SmallServer.Reply answer(SmallServer.Request request) throws InterruptedException {
        Optional<SmallServer.Reply> refusal = gate.refusal(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return switch (request.method() + " " + request.path()) {
            case "GET /health" -> gate.signed(request, OK, JsonObject.of().with("status", "ok"));
            case "GET /status" -> gate.signed(request, OK, status());
            case "POST /exec" -> exec(request);
            default -> gate.signed(request, 404, JsonObject.of().with("error", "there is no such thing here"));
        };
    }

    private JsonObject status() {
        Optional<RunnerFile> file = watch.file();
        return JsonObject.of()
                // As the enumeration of agent.proto has them, which begins with "unspecified".
                .with("state", List.of(GuestState.values()).indexOf(watch.state()) + 1)
                .with("state_name", watch.state().word())
                .with("runner_name", file.map(RunnerFile::name).orElse(""))
                .with("repository", file.map(RunnerFile::repository).orElse(""))
                .with("labels", new JsonArray(List.of()))
                .with(
                        "uptime_seconds",
                        Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    private SmallServer.Reply exec(SmallServer.Request request) throws InterruptedException {
        try {
            if (!(JsonReader.read(request.body().getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object)) {
                throw new IllegalArgumentException("this is no object");
            }
            List<String> words = new ArrayList<>();
            words.add(Texts.text(object, "command"));
            words.addAll(Texts.texts(object, "args"));
            return gate.signed(
                    request,
                    OK,
                    Execution.run(words, Texts.text(object, "input"), Texts.number(object, "seconds", 120)));
        } catch (IllegalArgumentException | JsonSyntaxException e) {
            return gate.signed(request, BAD, JsonObject.of().with("error", String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        server.close();
        knock.close();
    }
}
