package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.fleet.plugin.ShoesPlugin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** Is the plugin of myshoes, and makes the file by which myshoes starts it. */
final class PluginOperations {
    /**
     * myshoes takes only files that Go's net/http.DetectContentType calls application/octet-stream, so a script is refused
     * unless one of its first 512 bytes is none of text. A shell does not mind one in a comment.
     */
    private static final char NOT_TEXT = '\u0001';

    private PluginOperations() {}

    static int plugin(FleetWords words, FleetSession session) throws InterruptedException {
        return words.text("--write").isPresent()
                ? write(Path.of(words.text("--write").get()).toAbsolutePath(), words, session)
                : serve(words, session);
    }

    private static int serve(FleetWords words, FleetSession session) throws InterruptedException {
        try (ShoesPlugin plugin =
                ShoesPlugin.start(session.environment(), session.addressForPeople(words), new SecureRandom())) {
            session.voice().result(plugin.line());
            plugin.awaitEnd();
        }
        return ExitCode.GREEN.number();
    }

    private static int write(Path file, FleetWords words, FleetSession session) {
        String mayfly = System.getProperty("mayfly.script", "mayfly");
        String text = "#!/bin/sh\n# " + NOT_TEXT + " A plugin of myshoes that starts Mayfly.\n"
                + "exec " + MachineOperations.quoted(mayfly) + " --home "
                + MachineOperations.quoted(session.settings().home().toString()) + " fleet plugin"
                + words.text("--server")
                        .map(server -> " --server " + MachineOperations.quoted(server))
                        .orElse("")
                + "\n";
        try {
            DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot write the plugin file " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make its folder, or make it writable",
                    e);
        }
        session.voice().result("PLUGIN=" + file);
        return ExitCode.GREEN.number();
    }
}
