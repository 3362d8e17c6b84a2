package dev.mayfly.bench.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's caches of files and names; of the whole machine, because there are none of a folder alone. */
public final class Caches {
    private static final Path SWITCH = Path.of("/proc/sys/vm/drop_caches");
    private static final String NAMES = "2";
    private static final String ALL = "3";

    private Caches() {}

    public static boolean canBeDropped() {
        return Files.isWritable(SWITCH);
    }

    /** Names and attributes; contents stay. */
    public static void dropNames() throws IOException {
        Files.writeString(SWITCH, NAMES);
    }

    /** Only what is on the disk can go, so everything should be synced before. */
    public static void dropAll() throws IOException {
        Files.writeString(SWITCH, ALL);
    }
}
