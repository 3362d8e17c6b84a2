package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.backend.machine.Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Which bundle has which number on this machine, over all agents of it: slots of two homes must not have the same user ids.
 * A file for each number, in a folder that is gone after a start of the machine, as slots are.
 */
final class Claims {
    /**
     * 0x00080000 up to 0x6fffffff are for containers, 65536 for each (systemd.io/UIDS-GIDS). These are the last of them,
     * where those who count from the beginning do not come.
     */
    private static final long FIRST_ID = 0x6000_0000L;

    private static final int IDS = 65_536;
    private static final int MOST = 4_096;

    private final Path folder;

    Claims(Path folder) {
        this.folder = folder;
    }

    /** The first of the user ids of a number. */
    static long ids(int number) {
        return FIRST_ID + (long) number * IDS;
    }

    /** The lowest number that nobody has. */
    int claim(Bundle bundle) throws IOException {
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "new", "");
        try {
            Files.writeString(part, bundle.folder().toString());
            for (int number = 0; number < MOST; number++) {
                try {
                    // Appears whole, or not at all.
                    Files.createLink(folder.resolve(Integer.toString(number)), part);
                    return number;
                } catch (FileAlreadyExistsException e) {
                    // The next one.
                }
            }
        } finally {
            Files.delete(part);
        }
        throw new IOException("all " + MOST + " numbers in " + folder + " are taken");
    }

    OptionalInt of(Bundle bundle) throws IOException {
        return all().entrySet().stream()
                .filter(each -> each.getValue().equals(bundle.folder()))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    Map<Integer, Path> all() throws IOException {
        Map<Integer, Path> all = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[0-9]*")) {
            for (Path file : files) {
                try {
                    all.put(
                            Integer.parseInt(String.valueOf(file.getFileName())),
                            Path.of(Files.readString(file, StandardCharsets.UTF_8)));
                } catch (NoSuchFileException e) {
                    // Somebody has just let go of it.
                }
            }
        }
        return all;
    }

    void release(int number) throws IOException {
        Files.deleteIfExists(folder.resolve(Integer.toString(number)));
    }
}
