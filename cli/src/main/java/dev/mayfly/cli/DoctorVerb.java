package dev.mayfly.cli;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;

/** {@code mayfly doctor}: the table of capabilities. */
final class DoctorVerb implements Verb {
    @Override
    public Command command() {
        return Command.named(
                        "mayfly doctor",
                        "Says what this machine can do (active, degraded or unavailable), on what evidence, "
                                + "and how to fix the rest.")
                .with(Command.Option.flag("--json", "print JSON instead of a table"))
                .ending(
                        "0 untrusted code can run here, 3 it cannot, 4 internal error, 64 wrong usage",
                        "mayfly doctor",
                        "mayfly doctor --json");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of().with("format", words.on("--json") ? "json" : "text");
        return session.finish(session.call(Call.of("doctor", parameters)));
    }
}
