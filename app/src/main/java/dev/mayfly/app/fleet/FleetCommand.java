package dev.mayfly.app.fleet;

import dev.mayfly.app.Settings;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** {@code mayfly fleet …}, in the process that was started for it. */
public final class FleetCommand implements LongCommand {
    private static final Map<String, FleetOperation> OPERATIONS = Map.ofEntries(
            Map.entry("server", ServerOperations::serve),
            Map.entry("agent", AgentOperations::serve),
            Map.entry("hold", HoldOperations::hold),
            Map.entry("plugin", PluginOperations::plugin),
            Map.entry("add", RunnerOperations::add),
            Map.entry("rm", RunnerOperations::remove),
            Map.entry("ls", RunnerOperations::list),
            Map.entry("show", RunnerOperations::show),
            Map.entry("logs", MachineOperations::logs),
            Map.entry("exec", MachineOperations::exec),
            Map.entry("ssh", MachineOperations::ssh),
            Map.entry("agents", HostOperations::agents),
            Map.entry("drain", HostOperations::drain),
            Map.entry("undrain", HostOperations::undrain),
            Map.entry("forget-host", HostOperations::forget),
            Map.entry("top", HostOperations::top),
            Map.entry("template build", TemplateOperations::build),
            Map.entry("template import", TemplateOperations::take),
            Map.entry("template ls", TemplateOperations::list),
            Map.entry("template verify", TemplateOperations::verify),
            Map.entry("template warm", TemplateOperations::warm),
            Map.entry("template rm", TemplateOperations::remove),
            Map.entry("github serve", GitHubOperations::serve),
            Map.entry("github jit", GitHubOperations::jit),
            Map.entry("status", HostOperations::status));

    @Override
    public String name() {
        return "fleet";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        FleetWords words = FleetWords.parse(arguments);
        FleetOperation operation = words.words().doneBy(name(), OPERATIONS);
        Settings settings = Settings.of(surroundings, Settings.Role.ONE_CALL);
        return operation.run(words, new FleetSession(settings, voice, Clock.systemUTC(), surroundings.environment()));
    }
}
