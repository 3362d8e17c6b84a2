package dev.mayfly.fleet.backend.slot;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Empty file systems, one of each size, of which the disks of slots are copies. */
final class Blanks {
    private final Path folder;

    Blanks(Path folder) {
        this.folder = folder;
    }

    synchronized Path of(long bytes) throws IOException, InterruptedException {
        Path file = folder.resolve("blank-" + bytes + ".img");
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "blank-", ".new");
        try {
            try (RandomAccessFile image = new RandomAccessFile(part.toFile(), "rw")) {
                image.setLength(bytes);
            }
            format(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        return file;
    }

    /** Without a journal: a slot that is destroyed with its host need not wait for the host's disk. */
    private static void format(Path file) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of("sh", "-c", "PATH=\"$PATH:/usr/sbin:/sbin\" exec mkfs.ext4 \"$@\"", "mkfs.ext4", "-q", "-F"));
        line.addAll(List.of("-O", "^has_journal,^resize_inode", "-m", "0"));
        line.addAll(List.of("-E", "lazy_itable_init=1,nodiscard", file.toString()));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("mkfs.ext4 (package e2fsprogs) says: " + said);
        }
    }
}
