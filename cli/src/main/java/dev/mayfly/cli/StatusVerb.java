package dev.mayfly.cli;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;

/** {@code mayfly status}: what the running service is doing. */
final class StatusVerb implements Verb {
    @Override
    public Command command() {
        return Command.named("mayfly status", "Says whether the service runs and what it is doing.")
                .with(Command.Option.flag("--json", "print JSON instead of lines"))
                .ending("0 the service runs, 69 it does not, 64 wrong usage", "mayfly status", "mayfly status --json");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        JsonObject parameters = JsonObject.of().with("format", words.on("--json") ? "json" : "text");
        return session.finish(session.callRunningService(Call.of("status", parameters)));
    }
}
