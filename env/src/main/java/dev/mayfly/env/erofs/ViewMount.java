package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.platform.linux.FileLatch;
import java.nio.file.Path;

/**
 * A view that is mounted, and will be until this is closed; also the end of this process closes it. A bind mount that was
 * made of {@link #path} meanwhile stays for as long as it likes.
 */
public final class ViewMount implements AutoCloseable {
    private final Digest key;
    private final Path path;
    private final FileLatch lease;

    ViewMount(Digest key, Path path, FileLatch lease) {
        this.key = key;
        this.path = path;
        this.lease = lease;
    }

    /** By this {@link ErofsMounts#again} finds it without the view, as long as its contents stay where they are. */
    public Digest key() {
        return key;
    }

    /** The root of the view. Read-only, without devices and set-user-id programs. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        lease.close();
    }
}
