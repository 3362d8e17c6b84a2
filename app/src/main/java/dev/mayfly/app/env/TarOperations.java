package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.repo.tar.TarExport;
import dev.mayfly.env.repo.tar.TarImport;
import dev.mayfly.env.repo.tar.TarLimits;
import dev.mayfly.env.repo.tar.TarReport;
import dev.mayfly.env.sync.CopyOptions;
import java.nio.file.Path;

/** Environments in tar files. */
final class TarOperations {
    private TarOperations() {}

    static int write(HandedWords words, EnvSession session) {
        Path file = words.text("--out")
                .map(typed -> Path.of(typed).toAbsolutePath().normalize())
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "into which file?",
                        "--out names it",
                        "mayfly env export --out tools.tar " + words.argument(0)));
        new TarExport(session.repository(), CopyOptions.USUAL)
                .replace(file, MoveOperations.wanted(session.repository(), words.arguments()));
        session.output(words).value("wrote " + file, JsonObject.of().with("file", file.toString()));
        return ExitCode.GREEN.number();
    }

    static int read(HandedWords words, EnvSession session) {
        Path file = Path.of(words.argument(0)).toAbsolutePath().normalize();
        TarReport report = new TarImport(session.repository(), TarLimits.USUAL).read(file);
        session.output(words)
                .object(JsonObject.of()
                        .with("objects", report.objects())
                        .with("payloads", report.payloads())
                        .with("bytes", report.bytes())
                        .with("left_out", report.leftOut())
                        .with(
                                "tags",
                                Names.array(
                                        report.tags(), (Tag tag) -> tag.name().toString())));
        return ExitCode.GREEN.number();
    }
}
