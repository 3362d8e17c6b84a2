package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.sync.References;
import dev.mayfly.env.sync.Together;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps everything on this machine until it is published. Then it goes to the store: all payloads, then objects, each after
 * those that it names. So at every moment all that can be reached is there, and a publishing that breaks off leaves only what
 * the next one finds to be there.
 */
final class S3Ingest implements Ingest {
    private static final int AT_ONCE = 16;

    /**
     * @param isBlob whether it says that a payload is there
     * @param below objects that it names
     */
    private record KeptObject(Spool.Kept content, boolean isBlob, List<Digest> below) {}

    private final Bucket bucket;
    private final Spool spool;
    private final Map<Digest, Spool.Kept> payloads = new ConcurrentHashMap<>();
    private final Map<Digest, KeptObject> objects = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();

    S3Ingest(Bucket bucket) {
        this.bucket = bucket;
        this.spool = Spool.open(bucket.options().spool());
    }

    /** Nobody collects garbage in a store ({@link S3Repository}), so what is there stays. */
    @Override
    public boolean keepsPayload(Digest payload) {
        requireOpen();
        return bucket.size(Keys.payload(payload)).isPresent();
    }

    /** As {@link #keepsPayload}. */
    @Override
    public boolean keepsObject(Digest object) {
        requireOpen();
        return bucket.size(Keys.object(object)).isPresent();
    }

    @Override
    public Written payload(InputStream content) throws IOException {
        requireOpen();
        Spool.Kept kept = spool.keep(content);
        payloads.putIfAbsent(kept.digest(), kept);
        return new Written(kept.digest(), kept.size());
    }

    @Override
    public void payload(Digest expected, InputStream content) throws IOException {
        requireOpen();
        Spool.Kept kept = spool.keep(content);
        if (!kept.digest().equals(expected)) {
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "A payload is not what it should be",
                    "its digest is " + kept.digest() + " and should be " + expected,
                    "Check where it comes from; nothing of it was kept.");
        }
        payloads.putIfAbsent(expected, kept);
    }

    @Override
    public Digest object(EnvObject object) {
        Encoded encoded = ObjectCodec.encode(object, Form.USUAL);
        object(encoded);
        return encoded.digest();
    }

    @Override
    public void object(Encoded encoded) {
        requireOpen();
        EnvObject object = ObjectCodec.decode(encoded).object();
        try {
            Spool.Kept kept = spool.keep(new ByteArrayInputStream(encoded.bytes()));
            objects.putIfAbsent(
                    encoded.digest(),
                    new KeptObject(
                            kept, object instanceof Blob, References.of(object).objects()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Nothing in memory breaks.
        }
    }

    @Override
    public void publish() {
        requireOpen();
        over.set(true);
        Uploads uploads = new Uploads(bucket);
        Together together = new Together(AT_ONCE);
        together.each(payloads.entrySet(), each -> uploads.send(Keys.payload(each.getKey()), each.getValue()));
        // Before all that names payloads, because SPFS looks for them and nothing in an object says that they are
        // wanted.
        send(
                uploads,
                together,
                objects.entrySet().stream()
                        .filter(each -> each.getValue().isBlob())
                        .toList());
        Set<Digest> sent = new HashSet<>();
        objects.forEach((digest, object) -> {
            if (object.isBlob()) {
                sent.add(digest);
            }
        });
        while (sent.size() < objects.size()) {
            List<Map.Entry<Digest, KeptObject>> ready = objects.entrySet().stream()
                    .filter(each -> !sent.contains(each.getKey()) && isReady(each.getValue(), sent))
                    .toList();
            if (ready.isEmpty()) {
                throw new IllegalStateException("objects that name each other, which their digests make impossible");
            }
            send(uploads, together, ready);
            ready.forEach(each -> sent.add(each.getKey()));
        }
    }

    private boolean isReady(KeptObject object, Set<Digest> sent) {
        return object.below().stream().allMatch(below -> sent.contains(below) || !objects.containsKey(below));
    }

    private static void send(Uploads uploads, Together together, List<Map.Entry<Digest, KeptObject>> some) {
        together.each(
                some,
                each -> uploads.send(Keys.object(each.getKey()), each.getValue().content()));
    }

    private void requireOpen() {
        if (over.get()) {
            throw new IllegalStateException("this ingest is over");
        }
    }

    @Override
    public void close() {
        over.set(true);
        spool.close();
    }
}
