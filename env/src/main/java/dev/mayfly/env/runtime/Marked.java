package dev.mayfly.env.runtime;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes that are in a runtime whose keeper is gone, told by the mount {@code mayfly-ID} in their namespace. It is found
 * in namespaces too that were copied from the runtime's, and its name is never another's, which cannot be said of the number
 * of a namespace. All of {@code /proc} is read for it, so only a sweep does this.
 */
final class Marked {
    private static final Path PROC = Path.of("/proc");
    private static final int SIGKILL = 9;

    /** A killed process that holds a lot of memory takes a while to go. */
    private static final int ROUNDS = 250;

    private static final long PAUSE_MILLIS = 20;

    private Marked() {}

    /** Kills them until there is none; a process that is born meanwhile is found in the next round. */
    static List<Long> killAll(RuntimeId id) {
        List<Long> killed = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<Long> found = find(id);
            if (found.isEmpty()) {
                break;
            }
            for (long pid : found) {
                if (kill(pid, id) && !killed.contains(pid)) {
                    killed.add(pid);
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return killed;
    }

    /** All but this process: one that sweeps its own runtime away would not come to an end. */
    static List<Long> find(RuntimeId id) {
        List<Long> found = new ArrayList<>();
        Map<String, Boolean> known = new HashMap<>();
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                try {
                    String namespace =
                            Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
                    Boolean marked = known.get(namespace);
                    if (marked == null) {
                        marked = isMarked(process, id);
                        known.put(namespace, marked);
                    }
                    if (marked && pid != self) {
                        found.add(pid);
                    }
                } catch (IOException e) {
                    // It has ended, or is not ours to look at.
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return found;
        }
        return found;
    }

    /** proc_pid_mountinfo(5): after the dash come type and source. */
    private static boolean isMarked(Path process, RuntimeId id) throws IOException {
        String mounts = Files.readString(process.resolve("mountinfo"), StandardCharsets.ISO_8859_1);
        return mounts.contains(" - tmpfs mayfly-" + id + " ");
    }

    private static boolean kill(long pid, RuntimeId id) {
        CallResult held = Syscalls.pidfdOpen((int) pid);
        if (!held.ok()) {
            return false;
        }
        try {
            // Looked at again now that the number is held: it may have been given to another between.
            return isMarked(PROC.resolve(Long.toString(pid)), id)
                    && Syscalls.pidfdSendSignal((int) held.value(), SIGKILL).ok();
        } catch (IOException e) {
            return false;
        } finally {
            Libc.close((int) held.value());
        }
    }
}
