package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.edit.FolderScan;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.Scanned;
import dev.mayfly.env.edit.UpperScan;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What was changed: shown, and committed as a layer. */
final class LayerOperations {
    private LayerOperations() {}

    static int commit(EnvWords words, EnvSession session) {
        List<TagName> tags = CommitOperations.tags(words);
        List<Annotation> annotations = words.text("--message")
                .map(text -> List.of(new Annotation("message", new Annotation.Inline(text))))
                .orElse(List.of());
        Digest layer;
        try (Ingest ingest = session.repository().ingest()) {
            Scanned scanned = words.text("--path").isPresent()
                    ? FolderScan.scan(folder(words), ingest, ScanOptions.plain())
                    : scan(session, ingest);
            if (scanned.isEmpty() && !words.on("--allow-empty")) {
                throw new MayflyException(
                        ErrorCode.NOTHING_TO_COMMIT,
                        "there is nothing to commit",
                        "no file was changed",
                        "--allow-empty commits an empty layer");
            }
            scanned.skipped().forEach(path -> session.voice().progress("left out: " + path));
            layer = Library.layer(ingest, scanned.manifest(), annotations);
        }
        return CommitOperations.done("layer", layer, tags, words, session);
    }

    private static Path folder(EnvWords words) {
        return Path.of(words.text("--path").orElseThrow()).toAbsolutePath().normalize();
    }

    private static Scanned scan(EnvSession session, Ingest ingest) {
        RuntimeId id = RuntimeOperations.current(session);
        RuntimeInfo info = session.runtimes().info(id);
        Path upper = session.runtimes()
                .upper(id)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NOT_EDITABLE,
                        "the runtime " + id + " shows its files read-only",
                        "it was not started with --edit or --keep",
                        "start another one: mayfly env shell --edit"));
        return UpperScan.scan(
                upper, lower(info, session), info.record().ownUserNamespace(), ingest, ScanOptions.plain());
    }

    private static View lower(RuntimeInfo info, EnvSession session) {
        Library library = session.library();
        return library.view(library.flatten(info.record().layers()));
    }

    static int diff(EnvWords words, EnvSession session) {
        List<Change> changes = switch (words.arguments().size()) {
            case 0 -> changed(session);
            case 1 ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "the difference between " + words.argument(0) + " and what?",
                        "two environments are compared, or none is named in a runtime",
                        "mayfly env diff " + words.argument(0) + "~1 " + words.argument(0));
            default ->
                Diff.between(
                        session.library().view(words.argument(0)),
                        session.library().view(words.argument(1)));
        };
        List<JsonObject> rows = changes.stream()
                .map(each -> JsonObject.of()
                        .with("change", each.kind().name().toLowerCase(Locale.ROOT))
                        .with("path", each.text()))
                .toList();
        session.output(words).table(rows, List.of("change", "path"));
        return ExitCode.GREEN.number();
    }

    /** Reads what was changed into an ingest that is let go. */
    private static List<Change> changed(EnvSession session) {
        RuntimeInfo info = session.runtimes().info(RuntimeOperations.current(session));
        if (Optional.of(info).filter(each -> each.record().editable()).isEmpty()) {
            return List.of();
        }
        try (Ingest ingest = session.repository().ingest()) {
            return Diff.of(lower(info, session), scan(session, ingest).manifest());
        }
    }
}
