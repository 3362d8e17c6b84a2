package dev.mayfly.env.edit;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Keeps payloads in memory. */
public class MemoryIngest implements Ingest {
    public final Map<Digest, byte[]> payloads = new ConcurrentHashMap<>();

    @Override
    public boolean keepsPayload(Digest payload) {
        return payloads.containsKey(payload);
    }

    @Override
    public boolean keepsObject(Digest object) {
        return false;
    }

    @Override
    public Written payload(InputStream content) throws IOException {
        byte[] bytes = content.readAllBytes();
        Digest digest = Digest.of(bytes);
        payloads.put(digest, bytes);
        return new Written(digest, bytes.length);
    }

    @Override
    public void payload(Digest expected, InputStream content) throws IOException {
        payload(content);
    }

    @Override
    public Digest object(EnvObject object) {
        throw new UnsupportedOperationException("a scan writes payloads only");
    }

    @Override
    public void object(Encoded object) {
        throw new UnsupportedOperationException("a scan writes payloads only");
    }

    /** What was put in, as a repository would give it. */
    public Payloads stored() {
        return new Payloads() {
            @Override
            public Optional<Payload> find(Digest digest) {
                return Optional.ofNullable(payloads.get(digest)).map(MemoryIngest::payloadOf);
            }

            @Override
            public boolean has(Digest digest) {
                return payloads.containsKey(digest);
            }

            @Override
            public void each(Consumer<Digest> found) {
                payloads.keySet().forEach(found);
            }
        };
    }

    private static Payload payloadOf(byte[] bytes) {
        return new Payload() {
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
        };
    }

    @Override
    public void publish() {}

    @Override
    public void close() {}
}
