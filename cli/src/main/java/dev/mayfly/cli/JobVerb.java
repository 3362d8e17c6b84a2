package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import java.util.Optional;

/** {@code mayfly job …}: what has run, what waits, and what went wrong. */
final class JobVerb implements Verb {
    private static final int DEFAULT_ROWS = 20;
    private static final int MAX_ROWS = 10_000;
    private static final long MAX_NUMBER = Long.MAX_VALUE >> 10;
    private static final String FOUND = "0 found, 69 no such job, 4 internal error, 64 wrong usage";
    private static final String ID = "the job's id, or a beginning of it that fits only one";

    @Override
    public Command command() {
        Command list = Command.named("mayfly job ls", "Lists runs of this home and jobs of its queue, newest first.")
                .with(
                        limit(),
                        Command.Option.value("--verdict", "COLOUR", "only green, yellow or red ones"),
                        Command.Option.value(
                                "--state",
                                "STATE",
                                "only queued, running, done, dead, cancelled or indeterminate ones"),
                        QueueWords.QUEUE,
                        Command.Option.flag("--json", "print JSON instead of a table"))
                .ending(
                        "0 listed, 4 internal error, 64 wrong usage",
                        "mayfly job ls --limit 5",
                        "mayfly job ls --state queued",
                        "mayfly job ls --verdict red --json");
        Command show = Command.named("mayfly job show", "Shows one job with all that is known of it.")
                .withArgument("RUN_ID", ID)
                .with(QueueWords.QUEUE, Command.Option.flag("--json", "print JSON (which is the default)"))
                .ending(FOUND, "mayfly job show r_5f2c");
        Command result = Command.named("mayfly job result", "Prints the result of a job of the queue, as exec does.")
                .withArgument("RUN_ID", ID)
                .with(
                        Command.Option.flag("--wait", "wait for it"),
                        QueueWords.TIMEOUT,
                        QueueWords.QUEUE,
                        Command.Option.flag("--json", "print JSON (which is the default)"))
                .ending(
                        "0 green, 10 yellow, 20 red, 69 no such job or no result yet, 4 no result or internal error",
                        "mayfly job result r_5f2c",
                        "mayfly job result r_5f2c --wait --timeout 60");
        Command cancel = Command.named(
                        "mayfly job cancel", "Keeps a job from running; one that runs is stopped by its worker.")
                .withArgument("RUN_ID", ID)
                .with(QueueWords.QUEUE, Command.Option.flag("--json", "print JSON (which is the default)"))
                .ending(FOUND, "mayfly job cancel r_5f2c");
        return Command.named("mayfly job", "Looks up, cancels and rescues jobs.")
                .withSubcommands(list, show, result, cancel, deadLetters())
                .ending(FOUND, "mayfly job ls", "mayfly job show r_5f2c", "mayfly job dlq ls");
    }

    private static Command deadLetters() {
        Command list = Command.named("mayfly job dlq ls", "Lists messages that were given up, newest first.")
                .with(limit(), QueueWords.QUEUE, Command.Option.flag("--json", "print JSON instead of a table"))
                .ending("0 listed, 4 internal error, 64 wrong usage", "mayfly job dlq ls");
        Command requeue = Command.named("mayfly job dlq requeue", "Puts a dead letter in line again.")
                .withArgument("NUMBER", "as mayfly job dlq ls shows it")
                .with(QueueWords.QUEUE, Command.Option.flag("--json", "print JSON (which is the default)"))
                .ending("0 in line again, 69 no such letter, 4 internal error", "mayfly job dlq requeue 3");
        return Command.named("mayfly job dlq", "Dead letters: malformed messages, jobs that failed too often.")
                .withSubcommands(list, requeue)
                .ending("as its commands", "mayfly job dlq ls", "mayfly job dlq requeue 3");
    }

    private static Command.Option limit() {
        return Command.Option.value("--limit", "N", "how many (default " + DEFAULT_ROWS + ")");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return switch (words.command().path()) {
            case "mayfly job ls" -> list(words, session);
            case "mayfly job show" -> ask("job.show", id(words), words, session);
            case "mayfly job result" ->
                ask("job.result", QueueWords.waiting(words).with("run_id", argument(words)), words, session);
            case "mayfly job cancel" -> ask("job.cancel", id(words), words, session);
            case "mayfly job dlq ls" -> ask("job.dlq.ls", rows(words), words, session);
            case "mayfly job dlq requeue" ->
                ask("job.dlq.requeue", JsonObject.of().with("number", number(words)), words, session);
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "what about the jobs?",
                        words.command().word() + " needs a further word",
                        "see: " + words.command().path() + " --help");
        };
    }

    private static int ask(String operation, JsonObject parameters, Words words, Session session)
            throws InterruptedException {
        Optional<String> queue = words.text("--queue");
        return session.finish(
                words.on("--wait")
                        ? session.waitForQueue(queue, () -> Call.of(operation, parameters))
                        : session.callQueue(queue, () -> Call.of(operation, parameters)));
    }

    private static String argument(Words words) {
        return words.arguments().getFirst();
    }

    private static JsonObject id(Words words) {
        return JsonObject.of().with("run_id", argument(words));
    }

    private static long number(Words words) {
        try {
            long number = Long.parseLong(argument(words));
            if (number >= 0 && number <= MAX_NUMBER) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                "'" + argument(words) + "' is no number of a dead letter",
                "they are counted from 1",
                "mayfly job dlq ls");
    }

    private static JsonObject rows(Words words) {
        return JsonObject.of()
                .with("limit", words.number("--limit", 1, MAX_ROWS).orElse((long) DEFAULT_ROWS))
                .with("format", words.on("--json") ? "json" : "text");
    }

    private static int list(Words words, Session session) throws InterruptedException {
        JsonObject parameters = rows(words);
        Optional<String> verdict = words.text("--verdict");
        if (verdict.isPresent()) {
            parameters = parameters.with("verdict", colour(verdict.get()));
        }
        Optional<String> state = words.text("--state");
        if (state.isPresent()) {
            parameters = parameters.with("state", state.get());
        }
        return ask("job.ls", parameters, words, session);
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
