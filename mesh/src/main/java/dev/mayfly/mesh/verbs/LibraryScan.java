package dev.mayfly.mesh.verbs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the copies of libibverbs that processes have mapped: a container brings its own. A process that is young is looked at
 * each time, because it maps its libraries a moment after it began; others now and then, because they may load one later. Not
 * safe for concurrent use.
 */
final class LibraryScan {
    private static final String LIBRARY = "libibverbs.so";
    private static final long YOUNG_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Pattern SPACES = Pattern.compile(" +");
    private static final int FIELDS = 6;
    private static final int MOST_LINES = 100_000;

    private final Path proc;
    private final Set<String> names;
    private final Map<String, Long> since = new HashMap<>();
    private long lookedAtAll;

    /**
     * A file, by what the kernel calls it: one file may have several of these (on overlays), two files never one.
     *
     * @param device and number, as /proc/PID/maps writes them
     */
    record Inode(String device, String number) {}

    /** @param complete whether every process was looked at, so that what is not here is nowhere */
    record Found(Map<Inode, Path> copies, boolean complete) {}

    LibraryScan(Path proc, Set<String> names) {
        this.proc = proc;
        this.names = names;
    }

    Found look(long now) {
        List<String> processes = processes();
        since.keySet().retainAll(Set.copyOf(processes));
        boolean all = since.isEmpty() || now - lookedAtAll > YOUNG_NANOS;
        if (all) {
            lookedAtAll = now;
        }
        Map<Inode, Path> copies = new LinkedHashMap<>();
        for (String process : processes) {
            long first = since.computeIfAbsent(process, _ -> now);
            if (all || now - first <= YOUNG_NANOS) {
                mapped(process, copies);
            }
        }
        return new Found(copies, all);
    }

    private List<String> processes() {
        List<String> processes = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (Character.isDigit(name.charAt(0))) {
                    processes.add(name);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException _) {
            return List.of();
        }
        return processes;
    }

    private void mapped(String process, Map<Inode, Path> copies) {
        try (var lines =
                Files.lines(proc.resolve(process).resolve("maps"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
            lines.limit(MOST_LINES).forEach(line -> {
                if (line.contains(" r-xp ")) {
                    copy(process, line).ifPresent(copy -> copies.putIfAbsent(copy.inode(), copy.path()));
                }
            });
        } catch (IOException | java.io.UncheckedIOException _) {
            // It has ended, or is not ours to look at.
        }
    }

    private record Copy(Inode inode, Path path) {}

    /** The files of a process are opened by what it has mapped, and not by a path that means something else elsewhere. */
    private Optional<Copy> copy(String process, String line) {
        String[] fields = SPACES.split(line, FIELDS);
        if (fields.length < FIELDS || !wanted(fields[5])) {
            return Optional.empty();
        }
        String[] range = fields[0].split("-", 2);
        if (range.length < 2) {
            return Optional.empty();
        }
        Path file = proc.resolve(process)
                .resolve("map_files")
                .resolve(withoutZeros(range[0]) + "-" + withoutZeros(range[1]));
        return Optional.of(new Copy(new Inode(fields[3], fields[4]), file));
    }

    private boolean wanted(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.startsWith(LIBRARY) || !names.isEmpty() && (names.contains(name) || names.contains(path));
    }

    private static String withoutZeros(String address) {
        return Long.toHexString(Long.parseUnsignedLong(address, 16));
    }
}
