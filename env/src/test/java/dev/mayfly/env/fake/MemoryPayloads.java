package dev.mayfly.env.fake;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Payloads in memory, as a repository gives them; what is put into the map is seen at once. */
public record MemoryPayloads(Map<Digest, byte[]> held) implements Payloads {
    @Override
    public Optional<Payload> find(Digest digest) {
        return Optional.ofNullable(held.get(digest)).map(InMemory::new);
    }

    @Override
    public boolean has(Digest digest) {
        return held.containsKey(digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        held.keySet().forEach(found);
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record InMemory(byte[] bytes) implements Payload {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.empty();
        }
    }
}
