package dev.mayfly.env.edit;

import dev.mayfly.env.fake.MemoryPayloads;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payloads;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
        return new MemoryPayloads(payloads);
    }

    @Override
    public void publish() {}

    @Override
    public void close() {}
}
