package dev.mayfly.env.routed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shell that does what it is told and says what came of it. */
final class Shell implements AutoCloseable {
    private static final String END = "=== end";

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Shell(Path directory) throws IOException {
        process = new ProcessBuilder("sh")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    int pid() {
        return Math.toIntExact(process.pid());
    }

    /** Does something and says what it printed, in one text. */
    String run(String script) throws IOException {
        in.write(script + "\necho '" + END + "'\n");
        in.flush();
        List<String> lines = new ArrayList<>();
        for (String line = out.readLine(); line != null && !line.equals(END); line = out.readLine()) {
            lines.add(line);
        }
        return String.join("\n", lines);
    }

    /** Ends it as nobody expects. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
