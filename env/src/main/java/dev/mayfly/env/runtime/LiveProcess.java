package dev.mayfly.env.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process and no other.
 *
 * @param start when it was started, in clock ticks after boot (proc_pid_stat(5), field 22); with it, a number that the kernel
 *     has given to another process meanwhile is not taken for this one
 */
public record LiveProcess(long pid, long start) {
    private static final int START_FIELD = 22;

    /** The one that has this number now; empty for none, and for one that waits only for its parent to hear of its end. */
    public static Optional<LiveProcess> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(new LiveProcess(pid, Long.parseLong(fields[START_FIELD - 3])));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Whether this very process lives. */
    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }
}
