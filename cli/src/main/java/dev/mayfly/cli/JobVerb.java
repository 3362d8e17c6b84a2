package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import java.util.Optional;

/** {@code mayfly job ls|show}: the ledger of every run. */
final class JobVerb implements Verb {
    private static final int DEFAULT_ROWS = 20;
    private static final int MAX_ROWS = 10_000;
    private static final String FOUND = "0 found, 69 no such job, 4 internal error, 64 wrong usage";

    @Override
    public Command command() {
        Command list = Command.named("mayfly job ls", "Lists the latest runs, newest first.")
                .with(
                        Command.Option.value("--limit", "N", "how many (default " + DEFAULT_ROWS + ")"),
                        Command.Option.value("--verdict", "COLOUR", "only green, yellow or red ones"),
                        Command.Option.flag("--json", "print JSON instead of a table"))
                .ending(
                        "0 listed, 4 internal error, 64 wrong usage",
                        "mayfly job ls --limit 5",
                        "mayfly job ls --verdict red --json");
        Command show = Command.named("mayfly job show", "Shows one run with its result.")
                .withArgument("RUN_ID", "the run's id, or a beginning of it that fits only one")
                .with(Command.Option.flag("--json", "print JSON (which is the default)"))
                .ending(FOUND, "mayfly job show r_5f2c");
        return Command.named("mayfly job", "Looks up what has run.")
                .withSubcommands(list, show)
                .ending(FOUND, "mayfly job ls", "mayfly job show r_5f2c");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return switch (words.command().word()) {
            case "ls" -> list(words, session);
            case "show" ->
                session.finish(session.call(Call.of(
                        "job.show",
                        JsonObject.of().with("run_id", words.arguments().getFirst()))));
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "what about the jobs?",
                        "job needs a second word",
                        "mayfly job ls, or mayfly job show RUN_ID");
        };
    }

    private static int list(Words words, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of()
                .with("limit", words.number("--limit", 1, MAX_ROWS).orElse((long) DEFAULT_ROWS))
                .with("format", words.on("--json") ? "json" : "text");
        Optional<String> verdict = words.text("--verdict");
        if (verdict.isPresent()) {
            parameters = parameters.with("verdict", colour(verdict.get()));
        }
        return session.finish(session.call(Call.of("job.ls", parameters)));
    }

    private static String colour(String typed) {
        return switch (typed) {
            case "green", "yellow", "red" -> typed;
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no verdict '" + typed + "'",
                        "known are green, yellow and red",
                        "for example: mayfly job ls --verdict red");
        };
    }
}
