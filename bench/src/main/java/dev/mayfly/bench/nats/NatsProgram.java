package dev.mayfly.bench.nats;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a nats-server is: named by {@code MAYFLY_NATS_SERVER}, on the path, or among the tools that tests were given. */
public final class NatsProgram {
    private NatsProgram() {}

    /** @param below folders in which, or above which, {@code .mayfly/tools} may lie */
    public static Optional<Path> find(Map<String, String> environment, List<Path> below) {
        List<Path> candidates = new ArrayList<>();
        String named = environment.getOrDefault("MAYFLY_NATS_SERVER", "");
        if (!named.isEmpty()) {
            candidates.add(Path.of(named));
        }
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            candidates.add(Path.of(folder.isEmpty() ? "." : folder, "nats-server"));
        }
        for (Path each : below) {
            for (Path up = each.toAbsolutePath(); up != null; up = up.getParent()) {
                candidates.add(up.resolve(".mayfly/tools/nats-server"));
            }
        }
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }
}
