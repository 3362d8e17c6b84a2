package dev.mayfly.testkit.rqlite;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the program rqlited. */
public final class RqliteBinary {
    private RqliteBinary() {}

    /** The first one: named by MAYFLY_RQLITED, on the path, provided by {@code rqlite-server.sh}. */
    public static Optional<Path> find() {
        List<Path> candidates = new ArrayList<>();
        String named = System.getenv().getOrDefault("MAYFLY_RQLITED", "");
        if (!named.isEmpty()) {
            candidates.add(Path.of(named));
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            candidates.add(Path.of(folder.isEmpty() ? "." : folder, "rqlited"));
        }
        // Tests of a room run in its folder, the tools are at the top of the repository.
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            candidates.add(up.resolve(".mayfly/tools/rqlited"));
        }
        return candidates.stream()
                .filter(each -> Files.isExecutable(each) && !Files.isDirectory(each))
                .findFirst();
    }
}
