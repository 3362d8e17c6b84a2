package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Table;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.runtime.RuntimeInfo;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a command is: in which runtime, and what its home has. */
final class StatusOperations {
    private StatusOperations() {}

    static int status(HandedWords words, EnvSession session) {
        Optional<RuntimeFacts> here = CurrentRuntime.find(session).map(RuntimeFacts::of);
        JsonObject home = home(session);
        List<String> lines =
                new ArrayList<>(here.map(RuntimeFacts::lines).orElse(List.of("runtime: none, this is outside of any")));
        lines.add(Table.lines(home));
        JsonObject json = here.isPresent() ? home.with("runtime", here.get().json()) : home;
        session.output(words).value(String.join("\n", lines), json);
        return ExitCode.GREEN.number();
    }

    private static JsonObject home(EnvSession session) {
        List<RuntimeInfo> runtimes = session.runtimes().list();
        boolean made = Files.isDirectory(session.repositoryFolder().resolve("objects"));
        return JsonObject.of()
                .with("repository", session.repositoryFolder() + (made ? "" : " (not there yet: mayfly env init)"))
                .with(
                        "origin",
                        session.settings().config().find(SettingKeys.ENV_ORIGIN).orElse("none"))
                .with("runtimes_running", count(runtimes, RuntimeInfo.State.RUNNING))
                .with("runtimes_kept", count(runtimes, RuntimeInfo.State.STOPPED));
    }

    private static long count(List<RuntimeInfo> runtimes, RuntimeInfo.State state) {
        return runtimes.stream().filter(each -> each.state() == state).count();
    }
}
