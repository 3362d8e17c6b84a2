package dev.mayfly.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command to its end, with what it says in a file, and the processor time of all that it started. */
final class BuildRun {
    /**
     * The processor time is that of the shell's children as it sees them: what sets an environment up is outside, what runs
     * in one is inside.
     */
    private static final String SCRIPT = "\"$@\"; code=$?; times >\"$0\"; exit $code";

    /** {@code times} of POSIX: two lines of two times, of the shell and of its children. */
    private static final Pattern TIME = Pattern.compile("(\\d+)m(\\d+(?:\\.\\d+)?)s");

    private static final int OWN = 2;
    private static final int LINES_SHOWN = 12;

    /** By the clock, and on processors. */
    record Took(double seconds, double processorSeconds) {}

    private final Path scratch;

    BuildRun(Path scratch) {
        this.scratch = scratch;
    }

    /**
     * @param before what the command is started by, if anything
     * @throws IOException with the end of what it said when it does not end with 0
     */
    Took timed(List<String> before, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path times = scratch.resolve("times");
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of("sh", "-c", SCRIPT, times.toString()));
        all.addAll(command);
        long start = System.nanoTime();
        said(all, environment);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Took(seconds, children(Files.readString(times)));
    }

    /** @return what it said, on both of its streams */
    String said(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path log = scratch.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        int code;
        try {
            code = process.waitFor();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
        if (code != 0) {
            List<String> lines = said.lines().toList();
            throw new IOException(command.getFirst() + " ended with " + code + ": "
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())));
        }
        return said;
    }

    static double children(String times) {
        Matcher found = TIME.matcher(times);
        double seconds = 0;
        for (int i = 0; found.find(); i++) {
            seconds += i < OWN ? 0 : 60 * Double.parseDouble(found.group(1)) + Double.parseDouble(found.group(2));
        }
        return seconds;
    }
}
