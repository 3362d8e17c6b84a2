package dev.mayfly.fleet.backend.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether this host has memory and disk for one more machine. Looked up and not counted, because others use the host too;
 * what was promised to machines that are still starting, and so have not taken it yet, is counted on top.
 */
public final class HostRoom {
    /** Left to everything else on the host. */
    private static final long MEMORY_LEFT = 256L << 20;

    private static final long DISK_LEFT = 1L << 30;

    /** A clone takes only what its guest writes; that a job writes so much is no surprise. */
    private static final long DISK_EACH = 1L << 30;

    private static final int KIBI = 10;
    private static final String MEMORY_AVAILABLE = "MemAvailable:";

    private final Path memory;
    private final Path folder;
    private final Map<Object, Long> promised = new ConcurrentHashMap<>();

    /** @param memory the file that says how much is available (proc_meminfo(5)) */
    public HostRoom(Path memory, Path folder) {
        this.memory = memory;
        this.folder = folder;
    }

    public void promise(Object machine, Shape shape) {
        promised.put(machine, shape.memoryBytes());
    }

    public void settle(Object machine) {
        promised.remove(machine);
    }

    /** Why one more does not fit; empty when it does, or when nobody can tell. */
    public Optional<String> refusal(Shape shape) {
        try {
            long starting =
                    promised.values().stream().mapToLong(Long::longValue).sum();
            Optional<Long> available = availableMemory();
            long wanted = shape.memoryBytes() + MEMORY_LEFT + starting;
            if (available.isPresent() && available.get() < wanted) {
                return Optional.of(
                        "the host has " + mebibytes(available.get()) + " of memory available, and the machine"
                                + " needs " + mebibytes(shape.memoryBytes()) + " beside " + mebibytes(MEMORY_LEFT)
                                + " for the host"
                                + (starting > 0 ? " and " + mebibytes(starting) + " for those starting" : ""));
            }
            long free = Files.getFileStore(folder).getUsableSpace();
            long disk = DISK_LEFT + DISK_EACH * (1 + promised.size());
            if (free < disk) {
                return Optional.of(
                        folder + " has " + mebibytes(free) + " free, and one more machine needs " + mebibytes(disk));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the host does not say what room it has: " + e.getMessage());
        }
    }

    private Optional<Long> availableMemory() throws IOException {
        if (!Files.isReadable(memory)) {
            return Optional.empty();
        }
        for (String line : Files.readAllLines(memory)) {
            if (line.startsWith(MEMORY_AVAILABLE)) {
                String number = line.substring(MEMORY_AVAILABLE.length())
                        .replace("kB", "")
                        .strip();
                return Optional.of(Long.parseLong(number) << KIBI);
            }
        }
        return Optional.empty();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }
}
