package dev.mayfly.env.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A pack that a folder was seen to have. Its index is read when something in it is looked for. Safe for concurrent use. */
final class PackFile {
    private final Path folder;
    private final String id;
    private final Path indexFile;
    private final PackIndexes indexes;
    private volatile Optional<Pack> pack = Optional.empty();

    PackFile(Path folder, String id, PackIndexes indexes) {
        this.folder = folder;
        this.id = id;
        this.indexFile = folder.resolve(id + Pack.INDEX);
        this.indexes = indexes;
    }

    String id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    Path indexFile() {
        return indexFile;
    }

    /**
     * @throws java.nio.file.NoSuchFileException when it has gone since
     * @throws DamagedIndex when nobody can say what it has
     */
    Pack pack() throws IOException {
        if (pack.isEmpty()) {
            pack = Optional.of(new Pack(folder, id, indexes.of(folder, id)));
        }
        return pack.get();
    }
}
