package dev.mayfly.env.edit;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.Libc;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The upper folder of an overlay as a layer: deletions become masks. */
public final class UpperScan {
    private UpperScan() {}

    /**
     * Reads all of the upper folder.
     *
     * @param lower what the overlay has below it: an opaque folder becomes a mask for each child that it hides. Asked for
     *     once at most, and only when there is such a folder or {@link ScanOptions#minimal} needs it
     * @param userAttributes whether the overlay is mounted with {@code userxattr}, as rootless ones are
     * @throws MayflyException {@code FILES_CHANGED} when something in it changed meanwhile, {@code INPUT_UNREADABLE} for what
     *     cannot be read or is no file, folder or link
     */
    public static Scanned scan(
            Path upper, Supplier<View> lower, boolean userAttributes, Ingest ingest, ScanOptions options) {
        if (!userAttributes && Libc.effectiveUserId() != 0) {
            // Without CAP_SYS_ADMIN they are invisible (xattr(7)), and deleted files would come back in silence.
            throw new MayflyException(
                    ErrorCode.NAMESPACE_DENIED,
                    "the changes in " + upper + " cannot be read",
                    "only root sees the trusted.overlay attributes in them",
                    "commit as the user who made the runtime, or as root");
        }
        return TreeScan.run(upper, Lower.root(lower), userAttributes ? Dialect.USER : Dialect.TRUSTED, ingest, options);
    }
}
