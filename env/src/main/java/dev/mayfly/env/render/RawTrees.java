package dev.mayfly.env.render;

import dev.mayfly.platform.linux.RawEntry;
import dev.mayfly.platform.linux.RawFolder;
import java.io.IOException;

/** Whole trees of files whose names are bytes. */
public final class RawTrees {
    private static final int DIRECTORY = 4;
    private static final int OWNER = 0700;

    private RawTrees() {}

    /** Removes a folder with everything in it, following no link. */
    public static void remove(RawFolder in, byte[] name) throws IOException {
        in.permissions(name, OWNER);
        try (RawFolder folder = in.folder(name)) {
            for (RawEntry each : folder.list()) {
                if (each.type() == DIRECTORY) {
                    remove(folder, each.name());
                } else {
                    folder.remove(each.name());
                }
            }
        }
        in.removeFolder(name);
    }

    static void removeQuietly(RawFolder in, byte[] name, Exception why) {
        try {
            remove(in, name);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
