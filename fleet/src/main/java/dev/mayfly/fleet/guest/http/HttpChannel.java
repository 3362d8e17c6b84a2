package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.guest.Texts;
import dev.mayfly.fleet.runner.GuestState;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The host's side of a conversation with one guest over HTTP. Safe for concurrent use. */
public final class HttpChannel implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(15);
    private static final Duration WAYS = Duration.ofSeconds(20);
    private static final int OK = 200;

    private final Knock knock;
    private final InetSocketAddress guest;

    public HttpChannel(String runner, String nonce, Announced place) {
        this.knock = new Knock(runner, nonce, Clock.systemUTC());
        this.guest = new InetSocketAddress(place.address(), place.port());
    }

    private JsonObject ask(String method, String path, JsonObject body, Duration patience)
            throws IOException, InterruptedException {
        Knock.Answer answer = knock.ask(guest, method, path, body, patience);
        if (answer.status() != OK) {
            throw new IOException("the guest says " + answer.status() + ": " + Texts.text(answer.body(), "error"));
        }
        return answer.body();
    }

    /** @throws IOException when it is not well */
    public void health() throws IOException, InterruptedException {
        ask("GET", "/health", JsonObject.of(), LOOK);
    }

    public GuestStatus status() throws IOException, InterruptedException {
        JsonObject said = ask("GET", "/status", JsonObject.of(), LOOK);
        int number = (int) Texts.number(said, "state", 0);
        GuestState[] states = GuestState.values();
        if (number < 1 || number > states.length) {
            throw new IOException("the guest says a state that is none: " + number);
        }
        return new GuestStatus(
                states[number - 1],
                Texts.number(said, "uptime_seconds", 0),
                Texts.text(said, "runner_name"),
                Texts.text(said, "repository"));
    }

    /** @param time after which the guest kills it */
    public SshResult exec(List<String> command, String input, Duration time) throws IOException, InterruptedException {
        JsonObject said = ask(
                "POST",
                "/exec",
                JsonObject.of()
                        .with("command", command.getFirst())
                        .with("args", JsonArray.ofStrings(command.subList(1, command.size())))
                        .with("input", input)
                        .with("seconds", Math.max(1, time.toSeconds())),
                time.plus(WAYS));
        return new SshResult((int) Texts.number(said, "exit_code", -1), Texts.text(said, "output"));
    }

    @Override
    public void close() {
        knock.close();
    }
}
