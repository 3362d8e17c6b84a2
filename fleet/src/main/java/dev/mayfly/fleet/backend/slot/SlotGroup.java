package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.backend.machine.Shape;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The control groups of one slot: a group of one name in each hierarchy. */
final class SlotGroup {
    /** Threads count too. A build with a compiler on each processor has some hundreds. */
    private static final int TASKS_PER_CPU = 2_048;

    /** The kernel's own period (cgroup-v2.rst, cpu.max). */
    private static final int PERIOD_MICROS = 100_000;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final int TRIES = 2_000;

    private final GroupPlaces places;
    private final String name;

    SlotGroup(GroupPlaces places, int number) {
        this.places = places;
        this.name = "mayfly-slot-" + number;
    }

    List<Path> folders() {
        return Stream.concat(places.v1().values().stream(), places.v2().stream())
                .distinct()
                .sorted()
                .map(place -> place.resolve(name))
                .toList();
    }

    /** With its limits, and empty. */
    void make(Shape shape) throws IOException {
        if (places.v2().isPresent()) {
            // Those that are there already for children stay; a controller that is not there is one less.
            for (String each : List.of("+memory", "+pids", "+cpu")) {
                tryWrite(places.v2().get().resolve("cgroup.subtree_control"), each);
            }
        }
        for (Path folder : folders()) {
            Files.createDirectories(folder);
        }
        limit("memory", "memory.limit_in_bytes", "memory.max", shape.memoryBytes());
        // A host with swap would else give it on top. Absent where the kernel counts none.
        optional("memory", "memory.memsw.limit_in_bytes", Long.toString(shape.memoryBytes()));
        places.v2().ifPresent(place -> tryWrite(place.resolve(name).resolve("memory.swap.max"), "0"));
        limit("pids", "pids.max", "pids.max", (long) shape.cpus() * TASKS_PER_CPU);
        long quota = (long) shape.cpus() * PERIOD_MICROS;
        optional("cpu", "cpu.cfs_period_us", Integer.toString(PERIOD_MICROS));
        optional("cpu", "cpu.cfs_quota_us", Long.toString(quota));
        places.v2().ifPresent(place -> tryWrite(place.resolve(name).resolve("cpu.max"), quota + " " + PERIOD_MICROS));
    }

    /** A slot without this limit is none. */
    private void limit(String controller, String fileOfV1, String fileOfV2, long value) throws IOException {
        Path place = places.v1().get(controller);
        Path file = place != null
                ? place.resolve(name).resolve(fileOfV1)
                : places.v2().orElseThrow().resolve(name).resolve(fileOfV2);
        Files.writeString(file, Long.toString(value));
    }

    private void optional(String controller, String file, String value) {
        Optional.ofNullable(places.v1().get(controller))
                .ifPresent(place -> tryWrite(place.resolve(name).resolve(file), value));
    }

    private static void tryWrite(Path file, String value) {
        try {
            if (Files.exists(file)) {
                Files.writeString(file, value);
            }
        } catch (IOException e) {
            // Who says what is missing is the limit that must be there.
        }
    }

    /** Kills what is left in it, and leaves no group. */
    void remove() throws IOException, InterruptedException {
        for (Path folder : folders()) {
            for (int i = 1; !removed(folder); i++) {
                if (i >= TRIES) {
                    throw new IOException(folder + " still has processes, or cannot be removed");
                }
                for (String line : members(folder)) {
                    ProcessHandle.of(Long.parseLong(line)).ifPresent(ProcessHandle::destroyForcibly);
                }
                Thread.sleep(LOOK_AGAIN);
            }
        }
    }

    private static boolean removed(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder); // rmdir: the files in it are the kernel's and go with it
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        } catch (java.nio.file.FileSystemException e) {
            if (!Files.exists(folder)) {
                return true;
            }
            return false; // busy
        }
    }

    private static List<String> members(Path folder) throws IOException {
        try {
            return Files.readAllLines(folder.resolve("cgroup.procs"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
