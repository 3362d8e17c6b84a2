package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.render.Render;
import dev.mayfly.env.render.Strategy;
import java.nio.file.Path;

/** Writes environments into folders. */
final class RenderOperations {
    private RenderOperations() {}

    static int render(HandedWords words, EnvSession session) {
        Path folder = Path.of(words.argument(1)).toAbsolutePath().normalize();
        Strategy strategy = strategy(words.text("--strategy").orElse("copy"));
        Path shared = session.settings().home().resolve("env").resolve("shared");
        new Render(session.repository().payloads(), strategy, shared)
                .to(session.library().view(words.argument(0)), folder);
        session.output(words).value(folder.toString(), JsonObject.of().with("folder", folder.toString()));
        return ExitCode.GREEN.number();
    }

    private static Strategy strategy(String typed) {
        return switch (typed) {
            case "copy" -> Strategy.COPY;
            case "reflink" -> Strategy.REFLINK;
            case "hardlink" -> Strategy.HARD_LINK;
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no strategy '" + typed + "'",
                        "known are copy, reflink and hardlink",
                        "for example: --strategy reflink");
        };
    }
}
