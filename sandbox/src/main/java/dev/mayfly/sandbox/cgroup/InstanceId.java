package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One life of a process: a pid alone is used again, together with its start time (clock ticks since boot, proc(5)
 * field 22) it is not. Names whatever must be swept once that life is over.
 */
public record InstanceId(long pid, long startTime) {
    /** With which all names begin. */
    static final String PREFIX = "mayfly-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,10})-([0-9]{1,18})");
    private static final int START_TIME_AFTER_COMMAND = 19;

    /** Of this process; the start time is 0 where there is no procfs. */
    public static InstanceId current() {
        long pid = ProcessHandle.current().pid();
        return new InstanceId(pid, startTimeOf(Path.of("/"), pid).orElse(0L));
    }

    /** {@code mayfly-<pid>-<start time>}. */
    public String name() {
        return PREFIX + pid + "-" + startTime;
    }

    /** The instance that this directory or file name stands for. */
    public static Optional<InstanceId> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Optional.of(new InstanceId(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether the process still lives, as {@code <root>/proc} tells. */
    public boolean alive(Path root) {
        return startTimeOf(root, pid).filter(start -> start == startTime).isPresent();
    }

    private static Optional<Long> startTimeOf(Path root, long pid) {
        try {
            String stat = Files.readString(
                    root.resolve("proc").resolve(Long.toString(pid)).resolve("stat"));
            // The command name is in parentheses and may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(Long.parseLong(fields[START_TIME_AFTER_COMMAND]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
