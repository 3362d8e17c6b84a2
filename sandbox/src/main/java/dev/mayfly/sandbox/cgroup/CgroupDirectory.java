package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Making, emptying and removing of control group directories. */
final class CgroupDirectory {
    /** A killed process leaves its group within microseconds; a group with hundreds of them took 10 ms when measured. */
    private static final int REMOVE_ATTEMPTS = 200;

    private static final long REMOVE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private CgroupDirectory() {}

    static Path make(Path directory) throws IOException {
        return Files.isDirectory(directory) ? directory : Files.createDirectory(directory);
    }

    /** Removes a group and its children; false when processes would not leave in time. */
    static boolean remove(Path directory) {
        for (int attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
            if (tryRemove(directory)) {
                return true;
            }
            LockSupport.parkNanos(REMOVE_PAUSE_NANOS);
        }
        return !Files.exists(directory);
    }

    /** First without a look inside: most groups have no children, and looking means to examine dozens of files. */
    private static boolean tryRemove(Path directory) {
        if (removed(directory)) {
            return true;
        }
        boolean childrenGone = true;
        for (Path child : children(directory)) {
            childrenGone &= tryRemove(child);
        }
        return childrenGone && removed(directory);
    }

    private static boolean removed(Path directory) {
        try {
            Files.delete(directory); // rmdir: the files in it are the kernel's and go with it
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static List<Path> children(Path directory) {
        return children(directory, "");
    }

    /** Those whose name begins with this; the others, mostly dozens of files, are not even looked at. */
    static List<Path> children(Path directory, String prefix) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(
                directory, entry -> entry.getFileName().toString().startsWith(prefix) && Files.isDirectory(entry))) {
            stream.forEach(children::add);
        } catch (IOException e) {
            return List.of();
        }
        return children;
    }

    static List<Long> members(Path directory) {
        try {
            return Files.readAllLines(directory.resolve("cgroup.procs")).stream()
                    .filter(line -> !line.isBlank())
                    .map(line -> Long.parseLong(line.trim()))
                    .toList();
        } catch (IOException | NumberFormatException e) {
            return List.of();
        }
    }

    /**
     * Kills every member of a group and its children. With cgroup.kill this is one write that no fork can outrun;
     * without it members are signalled until none is left, which a fork bomb can outrun only up to its pids limit.
     */
    static void kill(Path directory) {
        Path kill = directory.resolve("cgroup.kill");
        if (Files.exists(kill)) {
            try {
                Files.writeString(kill, "1\n");
                return;
            } catch (IOException e) {
                // Fall through to signals: read-only mount or a dying group.
            }
        }
        for (Path child : children(directory)) {
            kill(child);
        }
        long self = ProcessHandle.current().pid();
        for (long pid : members(directory)) {
            if (pid != self && pid > 1) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }
}
