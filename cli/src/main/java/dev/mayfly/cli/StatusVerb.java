package dev.mayfly.cli;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code mayfly status}: what the running service is doing. */
final class StatusVerb implements Verb {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command("mayfly status", "Says whether the service runs and what it is doing.");
        spec.addOption(Specs.flag("--json", "print JSON instead of lines"));
        Specs.footer(
                spec, "0 the service runs, 69 it does not, 64 wrong usage", "mayfly status", "mayfly status --json");
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of().with("format", Specs.on(parsed, "--json") ? "json" : "text");
        return session.finish(session.callRunningService(Call.of("status", parameters)));
    }
}
