package dev.mayfly.platform.probe;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

final class RealCommands implements HostCommands {
    private static final int MOST_BYTES = 1 << 16;

    private final Duration limit;

    RealCommands(Duration limit) {
        this.limit = limit;
    }

    @Override
    public Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        // Administrators' tools are often not on the path of a service.
        for (String folder : (path + File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/sbin")
                .split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    @Override
    public Outcome run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            return new Outcome(127, HostFiles.reason(e));
        }
        // A reader of its own: a child that keeps the pipe open must not outlast the time limit.
        StringBuilder output = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> read(process, output));
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return new Outcome(124, "no end after " + limit.toMillis() + " ms");
            }
            reader.join(1000);
            synchronized (output) {
                return new Outcome(process.exitValue(), output.toString());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return new Outcome(124, "interrupted");
        }
    }

    private static void read(Process process, StringBuilder output) {
        try (InputStream in = process.getInputStream()) {
            String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            synchronized (output) {
                output.append(text);
            }
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The process was killed; what it had said does not matter then.
        }
    }
}
