package dev.mayfly.fleet.network;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** The program forge.c, for runners that know no compiler. */
public final class Forge {
    /** Where it is in a runner. */
    public static final String PLACE = "/run/forge";

    /** Takes it in there, from base64. */
    public static final String TAKE = "base64 -d >" + PLACE + " && chmod 755 " + PLACE;

    private Forge() {}

    public static String build(Path folder) throws IOException, InterruptedException {
        Path compiler = Needs.command("cc");
        Path source = Path.of(System.getProperty("mayfly.repository", ".."), "fleet/src/test/native/forge.c");
        Path program = folder.resolve("forge");
        Process process = new ProcessBuilder(
                        compiler.toString(), "-O1", "-static", "-s", "-o", program.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        Needs.that(process.waitFor() == 0, "static C library", said);
        return Base64.getEncoder().encodeToString(Files.readAllBytes(program));
    }
}
