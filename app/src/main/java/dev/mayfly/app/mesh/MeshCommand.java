package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.Settings;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.util.List;
import java.util.Map;

/** {@code mayfly mesh …}, in the process that was started for it. */
public final class MeshCommand implements LongCommand {
    private static final Map<String, MeshOperation> OPERATIONS = Map.ofEntries(
            Map.entry("controller", ControllerOperations::run),
            Map.entry("agent", AgentOperations::run),
            Map.entry("status", StatusOperations::status),
            Map.entry("demo", DemoOperations::demo),
            Map.entry("doctor", DoctorOperations::doctor),
            Map.entry("sim", SimOperations::sim),
            Map.entry("eval", EvalOperations::eval),
            Map.entry("ping", PingOperations::ping),
            Map.entry("respond", RespondOperations::respond),
            Map.entry("trace", TraceOperations::trace),
            Map.entry("watch", WatchOperations::watch));

    @Override
    public String name() {
        return "mesh";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        HandedWords words = HandedWords.parse(arguments);
        MeshOperation operation = words.doneBy(name(), OPERATIONS);
        Settings settings = Settings.of(surroundings, Settings.Role.ONE_CALL);
        return operation.run(words, new MeshSession(settings, voice, surroundings.environment()));
    }
}
