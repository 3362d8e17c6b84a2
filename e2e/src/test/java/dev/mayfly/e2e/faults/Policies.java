package dev.mayfly.e2e.faults;

import dev.mayfly.e2e.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The program's own policy, with one folder of the host that jobs may write to. */
final class Policies {
    private Policies() {}

    /** @return the setting that makes the program use it */
    static Map<String, String> write(Path folder, Path effects) throws IOException {
        String text = Files.readString(Program.DISTRIBUTION.resolve("policies/default.policy.yml"));
        String place = "- path: \"/workspace/**\"\n";
        if (!text.contains(place)) {
            throw new IOException("the default policy is no longer what it was");
        }
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("default.policy.yml"),
                text.replace(place, place + "      - path: \"" + effects + "/**\"\n"));
        return Map.of("MAYFLY_POLICIES", folder.toString());
    }
}
