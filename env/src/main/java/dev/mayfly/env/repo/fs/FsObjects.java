package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Objects;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Objects out of a store; what is read is held against its digest each time. */
record FsObjects(Path root, Store store) implements Objects {
    @Override
    public Optional<Encoded> find(Digest digest) {
        Optional<FileRange> known = store.find(Kind.OBJECT, digest);
        try {
            return known.isEmpty() ? Optional.empty() : read(digest, known);
        } catch (MayflyException e) {
            // Another process may have replaced what has rotted.
            store.forget();
            Optional<FileRange> anew = store.find(Kind.OBJECT, digest);
            if (anew.equals(known)) {
                throw e;
            }
            return read(digest, anew);
        }
    }

    private Optional<Encoded> read(Digest digest, Optional<FileRange> range) {
        if (range.isEmpty()) {
            return Optional.empty();
        }
        try {
            Encoded read = new Encoded(digest, read(digest, range.get()));
            return Optional.of(new Encoded(
                    digest, read.bytes(), Optional.of(ObjectCodec.decode(read).object())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Disk.failed(root, "Reading the object " + digest, e);
        }
    }

    private byte[] read(Digest digest, FileRange range) throws IOException {
        try {
            return Located.read(range);
        } catch (NoSuchFileException e) {
            // Moved since it was found: packs are rewritten.
            return Located.read(store.find(Kind.OBJECT, digest).orElseThrow(() -> e));
        }
    }

    @Override
    public boolean has(Digest digest) {
        return store.has(Kind.OBJECT, digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        store.each(Kind.OBJECT, found);
    }
}
