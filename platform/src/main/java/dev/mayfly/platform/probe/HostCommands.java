package dev.mayfly.platform.probe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The programs of a machine. */
public interface HostCommands {
    /** Where a program is, looked up as a shell does. */
    Optional<Path> find(String program);

    /** Runs it to its end, without input, a few seconds at most; output and errors together, cut at some length. */
    Outcome run(List<String> command);

    /**
     * How a command ended.
     *
     * @param status exit code; 127 when it could not be started, 124 when it took too long
     */
    record Outcome(int status, String output) {
        boolean ok() {
            return status == 0;
        }

        /** Its last line, which for most programs is the complaint. */
        String complaint() {
            List<String> lines = output.strip().lines().toList();
            return lines.isEmpty() ? "status " + status : lines.getLast().strip();
        }

        String firstLine() {
            return output.strip().lines().findFirst().orElse("").strip();
        }
    }
}
