package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.edit.FolderScan;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.Scanned;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What was changed: shown, and committed as a layer. */
final class LayerOperations {
    private LayerOperations() {}

    static int commit(EnvWords words, EnvSession session) {
        List<TagName> tags = CommitOperations.tags(words);
        List<Annotation> annotations = words.text("--message")
                .map(text -> List.of(new Annotation("message", new Annotation.Inline(text))))
                .orElse(List.of());
        ScanOptions options = words.on("--minimal") ? ScanOptions.plain().leavingOutWhatIsSame() : ScanOptions.plain();
        Optional<Digest> layer = words.text("--path").isPresent()
                ? folder(words, annotations, options, session)
                : changes(CurrentRuntime.of(session), annotations, options, words.on("--allow-empty"));
        return CommitOperations.done("layer", layer.orElseThrow(LayerOperations::nothing), tags, words, session);
    }

    private static Optional<Digest> folder(
            EnvWords words, List<Annotation> annotations, ScanOptions options, EnvSession session) {
        Path folder =
                Path.of(words.text("--path").orElseThrow()).toAbsolutePath().normalize();
        try (Ingest ingest = session.repository().ingest()) {
            Scanned scanned = FolderScan.scan(folder, ingest, options);
            if (scanned.isEmpty() && !words.on("--allow-empty")) {
                return Optional.empty();
            }
            return Optional.of(layer(scanned, annotations, ingest, session));
        }
    }

    /** @return empty when nothing is different from what the runtime shows without changes */
    static Optional<Digest> changes(
            CurrentRuntime runtime, List<Annotation> annotations, ScanOptions options, boolean evenNone) {
        try (Ingest ingest = runtime.session().repository().ingest()) {
            Scanned scanned = runtime.scan(ingest, options);
            if (!evenNone && Diff.of(runtime.below(), scanned.manifest()).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(layer(scanned, annotations, ingest, runtime.session()));
        }
    }

    private static Digest layer(Scanned scanned, List<Annotation> annotations, Ingest ingest, EnvSession session) {
        scanned.skipped().forEach(path -> session.voice().progress("left out: " + path));
        return Library.layer(ingest, scanned.manifest(), annotations);
    }

    private static MayflyException nothing() {
        return new MayflyException(
                ErrorCode.NOTHING_TO_COMMIT,
                "there is nothing to commit",
                "no file is different",
                "--allow-empty commits an empty layer");
    }

    static int diff(EnvWords words, EnvSession session) {
        List<Change> changes = switch (words.arguments().size()) {
            case 0 -> CurrentRuntime.of(session).changes();
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
        session.output(words).table(CurrentRuntime.rows(changes), List.of("change", "path"));
        return ExitCode.GREEN.number();
    }
}
