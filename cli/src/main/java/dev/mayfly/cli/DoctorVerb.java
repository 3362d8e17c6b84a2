package dev.mayfly.cli;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code mayfly doctor}: the table of capabilities. */
final class DoctorVerb implements Verb {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command(
                "mayfly doctor",
                "Says what this machine can do (active, degraded or unavailable), on what evidence, and how to fix the rest.");
        spec.addOption(Specs.flag("--json", "print JSON instead of a table"));
        Specs.footer(
                spec,
                "0 untrusted code can run here, 3 it cannot, 4 internal error, 64 wrong usage",
                "mayfly doctor",
                "mayfly doctor --json");
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of().with("format", Specs.on(parsed, "--json") ? "json" : "text");
        return session.finish(session.call(Call.of("doctor", parameters)));
    }
}
