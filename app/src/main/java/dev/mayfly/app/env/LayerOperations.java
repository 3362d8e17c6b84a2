package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.edit.FolderScan;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.Scanned;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What was changed: shown, and committed as a layer. */
final class LayerOperations {
    private LayerOperations() {}

    static int commit(HandedWords words, EnvSession session) throws InterruptedException {
        List<TagName> tags = CommitOperations.tags(words);
        Map<String, String> annotations = Annotations.asked(words);
        ScanOptions options = words.on("--minimal") ? ScanOptions.plain().leavingOutWhatIsSame() : ScanOptions.plain();
        Optional<Digest> layer = words.text("--path").isPresent()
                ? folder(words, annotations, options, session)
                : changes(CurrentRuntime.of(session), annotations, options, words);
        return CommitOperations.done("layer", layer.orElseThrow(LayerOperations::nothing), tags, words, session);
    }

    private static Optional<Digest> folder(
            HandedWords words, Map<String, String> annotations, ScanOptions options, EnvSession session)
            throws InterruptedException {
        Path folder =
                Path.of(words.text("--path").orElseThrow()).toAbsolutePath().normalize();
        return watched(words, session, folder, ingest -> {
            Scanned scanned = FolderScan.scan(folder, ingest, options);
            return scanned.isEmpty() && !words.on("--allow-empty")
                    ? Optional.empty()
                    : Optional.of(layer(scanned, annotations, ingest, session));
        });
    }

    /** @return empty when nothing is different from what the runtime shows without changes */
    static Optional<Digest> changes(
            CurrentRuntime runtime, Map<String, String> annotations, ScanOptions options, HandedWords words)
            throws InterruptedException {
        return watched(words, runtime.session(), runtime.upper(), ingest -> {
            Scanned scanned = runtime.scan(ingest, options);
            return !words.on("--allow-empty")
                            && (scanned.isEmpty()
                                    || Diff.of(runtime.below(), scanned.manifest())
                                            .isEmpty())
                    ? Optional.empty()
                    : Optional.of(layer(scanned, annotations, ingest, runtime.session()));
        });
    }

    /** Work that can take long: says how it goes, and what comes of it when it is interrupted. */
    private static Optional<Digest> watched(
            HandedWords words, EnvSession session, Path source, Function<Ingest, Optional<Digest>> work)
            throws InterruptedException {
        try (Progress progress = Progress.of("read", words, session);
                WatchedIngest ingest = new WatchedIngest(session.repository().ingest(), progress)) {
            return Apart.run(() -> work.apply(ingest), ingest::stop);
        } catch (InterruptedException e) {
            session.voice().progress("interrupted: nothing was committed, and nothing is left of it");
            throw e;
        } catch (MayflyException e) {
            throw e.code() == ErrorCode.NO_SPACE ? noSpace(source, session, e) : e;
        }
    }

    /** Said when what was written is gone again, so that what is free then is what the next try has. */
    private static MayflyException noSpace(Path source, EnvSession session, MayflyException e) {
        long free = session.repositoryFolder().toFile().getUsableSpace();
        return new MayflyException(
                ErrorCode.NO_SPACE,
                "nothing was committed: it does not fit on the disk of " + session.repositoryFolder(),
                source + " has " + Sizes.text(bytes(source)) + ", less what the repository has already; free are "
                        + Sizes.text(free),
                "mayfly env clean, or make room on that disk, or use another one (env.repository); then start it again",
                e);
    }

    /** Of all files below that can be looked at. */
    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static Digest layer(Scanned scanned, Map<String, String> annotations, Ingest ingest, EnvSession session) {
        scanned.skipped().forEach(path -> session.voice().progress("left out: " + path));
        return Library.layer(ingest, scanned.manifest(), Annotations.in(ingest, annotations));
    }

    private static MayflyException nothing() {
        return new MayflyException(
                ErrorCode.NOTHING_TO_COMMIT,
                "there is nothing to commit",
                "no file is different",
                "--allow-empty commits an empty layer");
    }

    static int diff(HandedWords words, EnvSession session) {
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
