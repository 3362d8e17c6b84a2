package dev.mayfly.platform.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of a machine, below a root that tests can replace. Paths are given as on the machine. */
public final class HostFiles {
    private static final int MOST_BYTES = 1 << 20;

    private final Path root;

    public HostFiles(Path root) {
        this.root = root;
    }

    Path resolve(String path) {
        return root.resolve(path.startsWith("/") ? path.substring(1) : path);
    }

    boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    boolean writable(String path) {
        return Files.isWritable(resolve(path));
    }

    /** The text without surrounding blanks; empty when it cannot be read. */
    Optional<String> read(String path) {
        try (InputStream in = Files.newInputStream(resolve(path))) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    List<String> lines(String path) {
        return read(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** Names in a folder, sorted; none when it cannot be read. */
    List<String> list(String path) {
        try (Stream<Path> entries = Files.list(resolve(path))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException | SecurityException e) {
            return List.of();
        }
    }

    /** Makes a folder of a fresh name, looks for a file in it, and removes it again. */
    MadeFolder tryFolder(String parent, String fileToLookFor) {
        Path folder = resolve(parent).resolve("doctor-" + UUID.randomUUID());
        try {
            Files.createDirectory(folder);
        } catch (IOException | SecurityException e) {
            return new MadeFolder(false, false, e instanceof AccessDeniedException ? "permission denied" : reason(e));
        }
        try {
            return new MadeFolder(true, Files.exists(folder.resolve(fileToLookFor)), "");
        } finally {
            removeQuietly(folder);
        }
    }

    /** What came of trying to make a folder; in cgroup file systems the kernel puts files into it. */
    record MadeFolder(boolean made, boolean holdsFile, String why) {
        /** As strerror(3) says it of EROFS. */
        boolean readOnly() {
            return why.contains("Read-only file system");
        }
    }

    static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return e.getClass().getSimpleName().replace("Exception", "") + ": " + message;
    }

    private static void removeQuietly(Path folder) {
        try {
            Files.delete(folder);
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
