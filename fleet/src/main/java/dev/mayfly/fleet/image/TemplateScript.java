package dev.mayfly.fleet.image;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Runs the script that builds a template of Debian packages. Script and guest agent come with this program. */
final class TemplateScript {
    private static final String SCRIPT = "template.sh";
    private static final String AGENT = "guest.c";
    private static final int LAST_LINES = 5;

    private TemplateScript() {}

    /** @param progress gets each line that the script says */
    static void run(Path folder, Consumer<String> progress) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("mayfly-template");
        try {
            unpack(SCRIPT, work);
            unpack(AGENT, work);
            ProcessBuilder builder = new ProcessBuilder(
                            "sh",
                            work.resolve(SCRIPT).toString(),
                            folder.toAbsolutePath().toString())
                    .redirectErrorStream(true);
            builder.environment().put("MAYFLY_GUEST_SOURCE", work.resolve(AGENT).toString());
            Process process = builder.start();
            try {
                follow(process, progress);
            } finally {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            }
        } finally {
            for (String name : new String[] {SCRIPT, AGENT}) {
                Files.deleteIfExists(work.resolve(name));
            }
            Files.deleteIfExists(work);
        }
    }

    private static void unpack(String name, Path work) throws IOException {
        try (InputStream in = TemplateScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not part of this program");
            }
            Files.copy(in, work.resolve(name));
        }
    }

    private static void follow(Process process, Consumer<String> progress) throws IOException, InterruptedException {
        process.getOutputStream().close();
        Map<String, String> failure = new HashMap<>();
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(": ", 2);
                if (parts.length == 2 && parts[0].matches("error|why|fix")) {
                    failure.put(parts[0], parts[1]);
                } else {
                    progress.accept(line);
                }
                last.addLast(line);
                if (last.size() > LAST_LINES) {
                    last.removeFirst();
                }
            }
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new MayflyException(
                    ErrorCode.MACHINES_UNAVAILABLE,
                    failure.getOrDefault("error", "no template was built"),
                    failure.getOrDefault("why", "the script ended with " + code + ": " + String.join(" / ", last)),
                    failure.getOrDefault("fix", "look at what it said last"));
        }
    }
}
