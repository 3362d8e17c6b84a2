package dev.mayfly.env.edit;

import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.view.Stack;
import java.nio.file.Path;
import java.util.List;

/** Any folder as a layer; nothing in it has a special meaning. */
public final class FolderScan {
    private FolderScan() {}

    /**
     * Reads all of the folder.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code FILES_CHANGED} when something in it changed meanwhile,
     *     {@code INPUT_UNREADABLE} for what cannot be read or is no file, folder or link
     */
    public static Scanned scan(Path folder, Ingest ingest, ScanOptions options) {
        return TreeScan.run(folder, Lower.root(() -> Stack.view(List.of())), Dialect.PLAIN, ingest, options);
    }
}
