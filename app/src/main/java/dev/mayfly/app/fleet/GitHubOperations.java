package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.secret.Token;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.github.GitHubRest;
import dev.mayfly.fleet.github.JobBook;
import dev.mayfly.fleet.github.JobFile;
import dev.mayfly.fleet.github.Quotas;
import dev.mayfly.fleet.github.RunnerScript;
import dev.mayfly.fleet.github.Scaler;
import dev.mayfly.fleet.remote.FleetClient;
import dev.mayfly.fleet.wire.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runners for jobs of GitHub Actions. */
final class GitHubOperations {
    private static final String API = "https://api.github.com";
    private static final String LISTEN = "127.0.0.1:9475";
    private static final int LEAST_SECRET = 16;
    private static final int MOST = 10_000;

    private GitHubOperations() {}

    /** Registers one runner, and says what it starts with. */
    static int jit(FleetWords words, FleetSession session) throws InterruptedException {
        String place = words.argument(0);
        String name = words.argument(1);
        if (!place.matches("[A-Za-z0-9][A-Za-z0-9_-]*(/(?!\\.{1,2}$)[A-Za-z0-9_.-]+)?")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "'" + place + "' is no repository and no organisation",
                    "it is OWNER/NAME, or the name of an organisation",
                    "mayfly fleet github jit octo/hello runner-1 --token-file token");
        }
        try (GitHubRest api = api(words)) {
            String config = api.register(place, name, labels(words, List.of("self-hosted")));
            session.said(
                    words, config, JsonObject.of().with("runner_name", name).with("encoded_jit_config", config));
        }
        return ExitCode.GREEN.number();
    }

    /** Until told to stop. */
    static int serve(FleetWords words, FleetSession session) throws InterruptedException {
        Log log = session.settings().serviceLog();
        String secret = secret(words);
        HostPort listen = HostPort.parse("--listen", words.text("--listen").orElse(LISTEN));
        JobBook book = new JobBook(quotas(words), labels(words, List.of("self-hosted")));
        try (FleetClient client = session.client(words);
                GitHubRest api = api(words);
                Scaler scaler = new Scaler(
                        book,
                        new JobFile(session.places().githubJobs()),
                        api,
                        new FleetRunners(client),
                        script(words),
                        size(words),
                        words.on("--org"),
                        log)) {
            scaler.start();
            try (WebhookServer webhooks = WebhookServer.open(listen, scaler, secret, log)) {
                session.voice().result("mayfly fleet github is ready: webhooks at " + webhooks.url());
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                log.info().log("stopped; runners live on, and the next start goes on with them");
            }
        }
        return ExitCode.GREEN.number();
    }

    private static GitHubRest api(FleetWords words) {
        Path file = file(words, "--token-file", "a token of GitHub (of an app or a person)");
        String api = words.text("--api").orElse(API);
        if (!api.matches("https?://[^/?#]+(/[^?#]*)?")) {
            throw new MayflyException(
                    ErrorCode.USAGE, "'" + api + "' is no API", "it is an address of the web", "--api " + API);
        }
        // Read at each use: whoever renews it writes it there.
        return new GitHubRest(
                URI.create(api),
                () -> new Token(content(file)),
                words.number("--group", 1, MOST).orElse(1));
    }

    private static String secret(FleetWords words) {
        String secret = content(file(words, "--secret-file", "the secret of the webhook"));
        if (secret.length() < LEAST_SECRET) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "the secret of the webhook is too short",
                    "it has " + secret.length() + " characters, and whoever finds it out can have machines",
                    "openssl rand -hex 32 >secret; chmod 600 secret; and give it to GitHub too");
        }
        return secret;
    }

    private static Path file(FleetWords words, String option, String what) {
        return Path.of(words.text(option)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        option + " is missing",
                        what + " is read from a file, where others cannot read it",
                        option + " FILE")));
    }

    private static String content(Path file) {
        return TokenFile.word(file);
    }

    private static Set<Label> labels(FleetWords words, List<String> usual) {
        List<String> typed = words.texts("--label").isEmpty() ? usual : words.texts("--label");
        Set<Label> labels = new HashSet<>();
        try {
            typed.forEach(each -> labels.add(new Label(each)));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE, "a label cannot be used", String.valueOf(e.getMessage()), "--label gpu", e);
        }
        return labels;
    }

    /** Each as {@code octo=5}; a number alone is for all who are not named. */
    private static Quotas quotas(FleetWords words) {
        int each = MOST;
        Map<String, Integer> named = new HashMap<>();
        for (String typed : words.texts("--quota")) {
            String[] parts = typed.split("=", 2);
            String number = parts[parts.length - 1];
            if (!number.matches("[0-9]{1,4}") || parts[0].isBlank()) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--quota does not understand '" + typed + "'",
                        "it takes how many runners an owner may have at once, up to 9999",
                        "--quota octo=5 --quota 2");
            }
            if (parts.length == 1) {
                each = Integer.parseInt(number);
            } else {
                named.put(parts[0], Integer.parseInt(number));
            }
        }
        return new Quotas(each, named);
    }

    private static RunnerScript script(FleetWords words) {
        Optional<String> file = words.text("--script");
        if (file.isEmpty()) {
            return RunnerScript.usual();
        }
        try {
            return new RunnerScript(Files.readString(Path.of(file.get()), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot read the script " + file.get(),
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "check the name and its permissions",
                    e);
        }
    }

    private static ResourceType size(FleetWords words) {
        String typed = words.text("--type").orElse(ResourceType.SMALL.word());
        return ResourceType.parse(typed)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "--type does not understand '" + typed + "'",
                        "it takes a size",
                        "--type medium"));
    }
}
