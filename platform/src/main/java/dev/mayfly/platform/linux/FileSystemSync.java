package dev.mayfly.platform.linux;

import java.io.IOException;
import java.nio.file.Path;

/** Makes a whole file system durable at once, which for thousands of new files is far cheaper than one fsync for each. */
public final class FileSystemSync {
    private FileSystemSync() {}

    /**
     * syncfs(2): on return all that was written before, data and names, is on disk.
     *
     * @param place any file or folder on the file system
     */
    public static void sync(Path place) throws IOException {
        CallResult opened = Libc.open(place.toString(), OpenFlag.RDONLY, 0);
        if (!opened.ok()) {
            throw new IOException(place + ": open: " + opened.errno().describe());
        }
        int descriptor = Math.toIntExact(opened.value());
        try {
            CallResult synced = Libc.syncfs(descriptor);
            if (!synced.ok()) {
                throw new IOException(place + ": syncfs: " + synced.errno().describe());
            }
        } finally {
            Libc.close(descriptor);
        }
    }
}
