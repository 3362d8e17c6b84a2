package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.Settings;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code mayfly env …}, in the process that was started for it. */
public final class EnvCommand implements LongCommand {
    private static final Map<String, EnvOperation> OPERATIONS = Map.ofEntries(
            Map.entry("init", RepositoryOperations::init),
            Map.entry("check", RepositoryOperations::check),
            Map.entry("run", RunOperations::run),
            Map.entry("shell", RunOperations::shell),
            Map.entry("join", RunOperations::join),
            Map.entry("commit layer", LayerOperations::commit),
            Map.entry("commit platform", CommitOperations::platform),
            Map.entry("diff", LayerOperations::diff),
            Map.entry("edit", EditOperations::edit),
            Map.entry("reset", EditOperations::reset),
            Map.entry("status", StatusOperations::status),
            Map.entry("config", ConfigOperations::config),
            Map.entry("mount", MountOperations::mount),
            Map.entry("disks", DiskOperations::disks),
            Map.entry("unmount", MountOperations::unmount),
            Map.entry("migrate", MigrateOperations::migrate),
            Map.entry("info", InspectOperations::info),
            Map.entry("ls", InspectOperations::list),
            Map.entry("read", InspectOperations::read),
            Map.entry("layers", InspectOperations::layers),
            Map.entry("platforms", InspectOperations::platforms),
            Map.entry("write", CommitOperations::write),
            Map.entry("render", RenderOperations::render),
            Map.entry("export", TarOperations::write),
            Map.entry("import", TarOperations::read),
            Map.entry("clean", CleanOperations::clean),
            Map.entry("server", ServerOperations::serve),
            Map.entry("feed", FeedOperations::feed),
            Map.entry("serve-view", ServedViews::serve),
            Map.entry("service start", ServiceOperations::start),
            Map.entry("service stop", ServiceOperations::stop),
            Map.entry("service status", ServiceOperations::status),
            Map.entry("service run", ServiceOperations::run),
            Map.entry("tag", TagOperations::tag),
            Map.entry("untag", TagOperations::untag),
            Map.entry("tags", TagOperations::list),
            Map.entry("log", TagOperations::log),
            Map.entry("search", TagOperations::search),
            Map.entry("push", MoveOperations::push),
            Map.entry("pull", MoveOperations::pull),
            Map.entry("runtime list", RuntimeOperations::list),
            Map.entry("runtime info", RuntimeOperations::info),
            Map.entry("runtime prune", RuntimeOperations::prune),
            Map.entry("runtime remove", RuntimeOperations::remove));

    @Override
    public String name() {
        return "env";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        HandedWords words = HandedWords.parse(arguments);
        EnvOperation operation = words.doneBy(name(), OPERATIONS);
        Settings settings = Settings.of(surroundings, Settings.Role.ONE_CALL);
        Optional<String> namespace =
                words.text("--tag-namespace").map(Namespaces::chosen).orElseGet(() -> Namespaces.configured(settings));
        try (EnvSession session = new EnvSession(
                settings,
                namespace,
                voice,
                Clock.systemUTC(),
                surroundings.environment(),
                IdSource.random(),
                Kept.in(settings.home()))) {
            return operation.run(words, session);
        }
    }
}
