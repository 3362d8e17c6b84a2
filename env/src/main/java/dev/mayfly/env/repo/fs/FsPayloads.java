package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Payloads out of a store. */
record FsPayloads(Store store) implements Payloads {
    @Override
    public Optional<Payload> find(Digest digest) {
        return store.find(Kind.PAYLOAD, digest).map(range -> located(digest, range));
    }

    /** Packs first, each looked at once; then as for a single one. */
    @Override
    public Function<Digest, Optional<Payload>> finder() {
        Set<Path> there = new HashSet<>();
        return digest -> {
            Optional<FileRange> packed = store.inPack(Kind.PAYLOAD, digest)
                    .filter(range ->
                            there.contains(range.file()) || (Files.exists(range.file()) && there.add(range.file())));
            return packed.<Payload>map(range -> located(digest, range)).or(() -> find(digest));
        };
    }

    private Located located(Digest digest, FileRange range) {
        return new Located(range, () -> store.find(Kind.PAYLOAD, digest));
    }

    @Override
    public boolean has(Digest digest) {
        return store.has(Kind.PAYLOAD, digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        store.each(Kind.PAYLOAD, found);
    }
}
