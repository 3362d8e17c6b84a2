package dev.mayfly.fleet.github;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.secret.Token;
import dev.mayfly.fleet.api.Label;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** GitHub's REST API for self-hosted runners, version 2022-11-28. Safe for concurrent use. */
public final class GitHubRest implements Registry, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int NOT_FOUND = 404;
    private static final int TAKEN = 409;
    private static final int MOST_SAID = 200;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOTHING = 204;

    private final URI api;
    private final Supplier<Token> token;
    private final long group;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /**
     * @param api {@code https://api.github.com}, or that of a server of one's own
     * @param token asked anew for each call, because those of apps last an hour
     * @param group of runners; 1 is the one that is always there
     */
    public GitHubRest(URI api, Supplier<Token> token, long group) {
        this.api = Objects.requireNonNull(api, "api");
        this.token = Objects.requireNonNull(token, "token");
        this.group = group;
    }

    @Override
    public String register(String place, String name, Set<Label> labels) throws InterruptedException {
        HttpResponse<String> answer = wish(place, name, labels);
        if (answer.statusCode() == TAKEN) {
            remove(place, name);
            answer = wish(place, name, labels);
        }
        if (answer.statusCode() != CREATED) {
            throw refused("the runner " + name + " was not registered for " + place, answer);
        }
        return understood(answer, said -> JobEvent.text(said.get("encoded_jit_config"), "encoded_jit_config"));
    }

    private HttpResponse<String> wish(String place, String name, Set<Label> labels) throws InterruptedException {
        JsonObject wish = JsonObject.of()
                .with("name", name)
                .with("runner_group_id", group)
                .with(
                        "labels",
                        JsonArray.ofStrings(
                                new TreeSet<>(labels).stream().map(Label::value).toList()))
                .with("work_folder", "_work");
        return send(
                "registering the runner " + name,
                request(place, "/generate-jitconfig")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JsonWriter.compact(wish))));
    }

    @Override
    public void remove(String place, String name) throws InterruptedException {
        OptionalLong id = id(place, name);
        if (id.isEmpty()) {
            return;
        }
        HttpResponse<String> answer = send(
                "removing the runner " + name,
                request(place, "/" + id.getAsLong()).DELETE());
        if (answer.statusCode() != NOTHING && answer.statusCode() != NOT_FOUND) {
            throw refused("the runner " + name + " of " + place + " was not removed", answer);
        }
    }

    private OptionalLong id(String place, String name) throws InterruptedException {
        HttpResponse<String> answer = send(
                "looking for the runner " + name,
                request(place, "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                        .GET());
        if (answer.statusCode() != OK) {
            throw refused("the runners of " + place + " cannot be listed", answer);
        }
        return understood(
                answer,
                said -> said.get("runners").stream()
                        .filter(JsonArray.class::isInstance)
                        .flatMap(all -> ((JsonArray) all).items().stream())
                        .map(each -> JobEvent.object(Optional.of(each), "a runner"))
                        .filter(each -> JobEvent.text(each.get("name"), "name").equals(name))
                        .mapToLong(each -> JobEvent.number(each.get("id"), "id"))
                        .findFirst());
    }

    private <T> T understood(HttpResponse<String> answer, Function<JsonObject, T> reading) {
        try {
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            return reading.apply(JobEvent.object(Optional.of(JsonReader.read(bytes)), "the answer"));
        } catch (JsonSyntaxException | IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.GITHUB_REFUSED,
                    "GitHub's answer cannot be understood",
                    "it is not as documented: " + e.getMessage(),
                    "see whether " + api + " is the API of GitHub",
                    e);
        }
    }

    private HttpRequest.Builder request(String place, String path) {
        String scope = place.contains("/") ? "/repos/" : "/orgs/";
        return HttpRequest.newBuilder(
                        URI.create(api.toString().replaceFirst("/$", "") + scope + place + "/actions/runners" + path))
                .timeout(ANSWER)
                .header("Accept", "application/vnd.github+json")
                .header("X-GitHub-Api-Version", "2022-11-28")
                .header(Token.HEADER, token.get().header());
    }

    private HttpResponse<String> send(String doing, HttpRequest.Builder request) throws InterruptedException {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.GITHUB_UNREACHABLE,
                    doing + " failed",
                    api + " does not answer: " + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "see to it that this host reaches it, or name another with --api",
                    e);
        }
    }

    private static MayflyException refused(String what, HttpResponse<String> answer) {
        String said = answer.body().length() > MOST_SAID ? answer.body().substring(0, MOST_SAID) : answer.body();
        String fix = switch (answer.statusCode()) {
            case 401 -> "put a token that is valid into the file";
            case 403, NOT_FOUND ->
                "give the token leave to write self-hosted runners (repository: administration; organisation:"
                        + " self-hosted runners), and look at the name";
            case TAKEN -> "wait until the runner of this name has ended, or take another name";
            case 429 -> "wait: too much was asked";
            default -> "look at what GitHub says";
        };
        return new MayflyException(
                ErrorCode.GITHUB_REFUSED, what, "GitHub says " + answer.statusCode() + ": " + said, fix);
    }

    @Override
    public void close() {
        client.close();
    }
}
