package dev.mayfly.fleet.backend.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Which QEMU it is: a saved state is for one build of it. */
final class QemuVersion {
    private static final int SECONDS = 20;

    private QemuVersion() {}

    /** @return the first line of what {@code --version} prints */
    static String of(Path program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readNBytes(1 << 10), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(program + " does not say its version");
        }
        return said.lines().findFirst().orElse("").strip();
    }
}
