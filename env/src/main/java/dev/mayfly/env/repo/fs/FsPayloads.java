package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.util.Optional;
import java.util.function.Consumer;

/** Payloads out of a store. */
record FsPayloads(Store store) implements Payloads {
    @Override
    public Optional<Payload> find(Digest digest) {
        return store.find(Kind.PAYLOAD, digest)
                .map(range -> new Located(range, () -> store.find(Kind.PAYLOAD, digest)));
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
