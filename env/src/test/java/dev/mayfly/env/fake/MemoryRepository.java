package dev.mayfly.env.fake;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A repository in memory. What an ingest writes is seen when it is published and not before, so a test sees who reads too
 * early. Tests may also damage and lose content on purpose.
 */
public final class MemoryRepository implements Repository {
    private final String name;
    private final Form form;
    private final Map<Digest, byte[]> objects = new ConcurrentHashMap<>();
    private final Map<Digest, byte[]> payloads = new ConcurrentHashMap<>();
    private final MemoryTags tags = new MemoryTags();

    public MemoryRepository(String name) {
        this(name, Form.USUAL);
    }

    public MemoryRepository(String name, Form form) {
        this.name = name;
        this.form = form;
    }

    @Override
    public String address() {
        return "memory:" + name;
    }

    /** Everything in it, to compare repositories; payloads and objects apart because they share digests. */
    public List<Map<Digest, Digest>> content() {
        return List.of(sums(objects), sums(payloads));
    }

    private static Map<Digest, Digest> sums(Map<Digest, byte[]> held) {
        Map<Digest, Digest> sums = new ConcurrentHashMap<>();
        held.forEach((digest, bytes) -> sums.put(digest, Digest.of(bytes)));
        return sums;
    }

    public int size() {
        return objects.size() + payloads.size();
    }

    public void loseObject(Digest digest) {
        objects.remove(digest);
    }

    public void losePayload(Digest digest) {
        payloads.remove(digest);
    }

    public void damagePayload(Digest digest) {
        payloads.computeIfPresent(digest, (_, bytes) -> damaged(bytes));
    }

    public void damageObject(Digest digest) {
        objects.computeIfPresent(digest, (_, bytes) -> damaged(bytes));
    }

    private static byte[] damaged(byte[] bytes) {
        byte[] changed = bytes.length == 0 ? new byte[1] : bytes.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    @Override
    public Objects objects() {
        return new Objects() {
            @Override
            public Optional<Encoded> find(Digest digest) {
                Optional<Encoded> found =
                        Optional.ofNullable(objects.get(digest)).map(bytes -> new Encoded(digest, bytes));
                found.ifPresent(ObjectCodec::decode);
                return found;
            }

            @Override
            public boolean has(Digest digest) {
                return objects.containsKey(digest);
            }

            @Override
            public void each(Consumer<Digest> found) {
                objects.keySet().forEach(found);
            }
        };
    }

    @Override
    public Payloads payloads() {
        return new MemoryPayloads(payloads);
    }

    @Override
    public Tags tags() {
        return tags;
    }

    @Override
    public Ingest ingest() {
        return new MemoryIngest();
    }

    @Override
    public void close() {}

    private final class MemoryIngest implements Ingest {
        private final Map<Digest, byte[]> newObjects = new ConcurrentHashMap<>();
        private final Map<Digest, byte[]> newPayloads = new ConcurrentHashMap<>();
        private volatile boolean over;

        @Override
        public boolean keepsPayload(Digest payload) {
            return payloads.containsKey(payload);
        }

        @Override
        public boolean keepsObject(Digest object) {
            return objects.containsKey(object);
        }

        @Override
        public Written payload(InputStream content) throws IOException {
            byte[] bytes = content.readAllBytes();
            Digest digest = Digest.of(bytes);
            requireOpen();
            newPayloads.put(digest, bytes);
            return new Written(digest, bytes.length);
        }

        @Override
        public void payload(Digest expected, InputStream content) throws IOException {
            byte[] bytes = content.readAllBytes();
            if (!Digest.of(bytes).equals(expected)) {
                throw new MayflyException(
                        ErrorCode.CONTENT_CORRUPT, expected + " is damaged", "it has another digest", "fetch it again");
            }
            requireOpen();
            newPayloads.put(expected, bytes);
        }

        @Override
        public Digest object(EnvObject object) {
            Encoded encoded = ObjectCodec.encode(object, form);
            requireOpen();
            newObjects.put(encoded.digest(), encoded.bytes());
            return encoded.digest();
        }

        @Override
        public void object(Encoded object) {
            ObjectCodec.decode(object);
            requireOpen();
            newObjects.put(object.digest(), object.bytes());
        }

        @Override
        public void publish() {
            requireOpen();
            over = true;
            payloads.putAll(newPayloads);
            objects.putAll(newObjects);
        }

        @Override
        public void close() {
            over = true;
        }

        private void requireOpen() {
            if (over) {
                throw new IllegalStateException("this ingest is over");
            }
        }
    }
}
