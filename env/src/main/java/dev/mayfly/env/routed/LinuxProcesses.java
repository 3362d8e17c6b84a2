package dev.mayfly.env.routed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** From {@code /proc}, see proc_pid_stat(5) and proc_pid_status(5). */
public final class LinuxProcesses implements Processes {
    private static final String LEADER = "\nTgid:";
    /** Fields after the name, which may have anything in it. */
    private static final int STATE = 0;

    private static final int PARENT = 1;
    private static final int START = 19;

    @Override
    public int processOf(int caller) {
        return read(caller, "status")
                .map(text -> {
                    int at = text.indexOf(LEADER);
                    int from = at + LEADER.length();
                    return at < 0
                            ? caller
                            : Integer.parseInt(text.substring(from, text.indexOf('\n', from))
                                    .strip());
                })
                .orElse(caller);
    }

    @Override
    public long startTime(int pid) {
        return fields(pid)
                // What has ended and was not waited for yet does nothing any more.
                .filter(fields -> !fields[STATE].equals("Z") && !fields[STATE].equals("X"))
                .map(fields -> Long.parseLong(fields[START]))
                .orElse(NOBODY);
    }

    @Override
    public OptionalInt parent(int pid) {
        return fields(pid)
                .map(fields -> OptionalInt.of(Integer.parseInt(fields[PARENT])))
                .orElseGet(OptionalInt::empty);
    }

    private static Optional<String[]> fields(int pid) {
        return read(pid, "stat")
                .map(text -> text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
    }

    private static Optional<String> read(int pid, String file) {
        try {
            return Optional.of(Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
