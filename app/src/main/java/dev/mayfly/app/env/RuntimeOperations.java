package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.runtime.Swept;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks after runtimes. */
final class RuntimeOperations {
    private RuntimeOperations() {}

    static int list(HandedWords words, EnvSession session) {
        List<JsonObject> rows =
                session.runtimes().list().stream().map(RuntimeOperations::json).toList();
        session.output(words).table(rows, List.of("name", "state", "editable", "durable", "pid", "created", "layers"));
        return ExitCode.GREEN.number();
    }

    static int info(HandedWords words, EnvSession session) {
        RuntimeId id = words.optional(0)
                .map(RuntimeOperations::id)
                .orElseGet(() -> CurrentRuntime.of(session).id());
        session.output(words).object(json(session.runtimes().info(id)));
        return ExitCode.GREEN.number();
    }

    static int prune(HandedWords words, EnvSession session) {
        List<Swept> swept = session.runtimes().sweep();
        int unmounted = session.shown().unmountUnused();
        JsonObject json = JsonObject.of()
                .with("swept", Names.array(swept, Swept::toString))
                .with("views_unmounted", unmounted)
                .with("served_views_removed", ServedViews.prune(session))
                .with("mounts_forgotten", session.mounted().forgetGone())
                .with("renders_removed", session.renders().removeUnused(shown(session), unusedSince(session)));
        session.output(words).object(json);
        return ExitCode.GREEN.number();
    }

    private static Set<Path> shown(EnvSession session) {
        return session.runtimes().list().stream()
                .map(each -> each.record().view())
                .collect(Collectors.toSet());
    }

    /** Longer than it takes from finding a copy to writing down that a runtime shows it. */
    private static Instant unusedSince(EnvSession session) {
        return session.clock().instant().minus(Duration.ofDays(1));
    }

    static int remove(HandedWords words, EnvSession session) {
        RuntimeId id = id(words.argument(0));
        session.runtimes().remove(id, words.on("--force"));
        session.output(words).value("removed " + id, JsonObject.of().with("removed", id.text()));
        return ExitCode.GREEN.number();
    }

    static RuntimeId id(String typed) {
        try {
            return new RuntimeId(typed);
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "'" + typed + "' is no name of a runtime",
                    String.valueOf(e.getMessage()),
                    "mayfly env runtime list",
                    e);
        }
    }

    private static JsonObject json(RuntimeInfo info) {
        JsonObject json = JsonObject.of()
                .with("name", info.record().id().text())
                .with("state", info.state().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .with("editable", info.record().editable())
                .with("durable", info.record().durable())
                .with("front_end", info.record().frontEnd())
                .with("at", info.record().target().toString())
                .with("created", info.record().created().toString())
                .with("layers", info.record().layers().size())
                .with("stack", Names.array(info.record().stack(), Digest::toString));
        return info.keeper().isPresent() ? json.with("pid", info.keeper().get().pid()) : json;
    }
}
