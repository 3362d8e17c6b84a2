package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code mayfly job ls|show}: the ledger of every run. */
final class JobVerb implements Verb {
    private static final int DEFAULT_ROWS = 20;
    private static final int MAX_ROWS = 10_000;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command("mayfly job", "Looks up what has run.");
        Specs.footer(
                spec,
                "0 found, 69 no such job, 4 internal error, 64 wrong usage",
                "mayfly job ls",
                "mayfly job show r_5f2c…");

        CommandSpec list = Specs.command("ls", "Lists the latest runs, newest first.");
        list.addOption(Specs.value("--limit", "N", "how many (default " + DEFAULT_ROWS + ")"));
        list.addOption(Specs.value("--verdict", "COLOUR", "only green, yellow or red ones"));
        list.addOption(Specs.flag("--json", "print JSON instead of a table"));
        Specs.footer(
                list,
                "0 listed, 4 internal error, 64 wrong usage",
                "mayfly job ls --limit 5",
                "mayfly job ls --verdict red --json");
        spec.addSubcommand("ls", list);

        CommandSpec show = Specs.command("show", "Shows one run with its result.");
        show.addPositional(Specs.positional("RUN_ID", "the run's id, or a beginning of it that fits only one"));
        show.addOption(Specs.flag("--json", "print JSON (which is the default)"));
        Specs.footer(show, "0 found, 69 no such job, 4 internal error, 64 wrong usage", "mayfly job show r_5f2c");
        spec.addSubcommand("show", show);
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "what about the jobs?",
                    "job needs a second word",
                    "mayfly job ls, or mayfly job show RUN_ID");
        }
        return sub.commandSpec().name().equals("show") ? show(sub, session) : list(sub, session);
    }

    private static int list(ParseResult parsed, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of()
                .with("limit", Specs.number(parsed, "--limit", 1, MAX_ROWS).orElse((long) DEFAULT_ROWS))
                .with("format", Specs.on(parsed, "--json") ? "json" : "text");
        String verdict = Specs.text(parsed, "--verdict").orElse("");
        if (!verdict.isEmpty()) {
            parameters = parameters.with("verdict", verdict);
        }
        return session.finish(session.call(Call.of("job.ls", parameters)));
    }

    private static int show(ParseResult parsed, Session session) throws InterruptedException {
        String id = parsed.matchedPositionalValue(0, "");
        return session.finish(session.call(Call.of("job.show", JsonObject.of().with("run_id", id))));
    }
}
