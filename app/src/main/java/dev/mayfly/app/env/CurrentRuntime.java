package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.Scanned;
import dev.mayfly.env.edit.UpperScan;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.runtime.RuntimeRecord;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The runtime in which a command was started, with what was changed in it. */
record CurrentRuntime(RuntimeInfo info, EnvSession session) {
    /** Set in every runtime, by {@code mayfly-enter}. */
    private static final String VARIABLE = "MAYFLY_RUNTIME";

    /** @throws MayflyException {@code NO_RUNTIME} */
    static CurrentRuntime of(EnvSession session) {
        return find(session)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NO_RUNTIME,
                        "this is no runtime",
                        VARIABLE + " is not set, so nothing is known to be changed here",
                        "mayfly env shell --edit - opens one; env commit layer --path commits a folder without one"));
    }

    static Optional<CurrentRuntime> find(EnvSession session) {
        return Optional.ofNullable(session.environment().get(VARIABLE))
                .map(RuntimeOperations::id)
                .map(id -> new CurrentRuntime(session.runtimes().info(id), session));
    }

    RuntimeId id() {
        return info.record().id();
    }

    RuntimeRecord record() {
        return info.record();
    }

    /** What it shows without changes. */
    View below() {
        Library library = session.library();
        return library.view(library.flatten(record().layers()));
    }

    /** @throws MayflyException {@code NOT_EDITABLE} */
    Path upper() {
        return session.runtimes()
                .upperWithin(id())
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NOT_EDITABLE,
                        "the runtime " + id() + " shows its files read-only",
                        "it was started without --edit and --keep, and cannot be changed to it while processes use it",
                        "start another one: mayfly env edit " + spec()));
    }

    /** Its stack as it can be typed. */
    String spec() {
        return record().stack().isEmpty()
                ? "-"
                : record().stack().stream().map(Digest::toString).collect(Collectors.joining("+"));
    }

    Scanned scan(Ingest ingest, ScanOptions options) {
        return UpperScan.scan(upper(), this::below, record().ownUserNamespace(), ingest, options);
    }

    /** Reads what was changed into an ingest that is let go; nothing when nothing can be changed. */
    List<Change> changes() {
        if (!record().editable()) {
            return List.of();
        }
        try (Ingest ingest = session.repository().ingest()) {
            return Diff.of(
                    below(),
                    scan(ingest, ScanOptions.plain().leavingOutWhatIsSame()).manifest());
        }
    }

    static List<JsonObject> rows(List<Change> changes) {
        return changes.stream()
                .map(each -> JsonObject.of()
                        .with("change", each.kind().name().toLowerCase(Locale.ROOT))
                        .with("path", each.text()))
                .toList();
    }
}
