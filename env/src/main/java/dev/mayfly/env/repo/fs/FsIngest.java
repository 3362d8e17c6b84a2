package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.sync.References;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Writes to a stage and publishes it. Content is put on the lease before anybody looks whether it is there already: then
 * either the collector sees the lease, or this sees that the content has gone.
 */
final class FsIngest implements Ingest {
    /** Content up to here is hashed before it is written, and not written at all when it is there already. */
    static final int SMALL = 128 << 10;

    private static final long LOOK_AT_ROOM_EVERY = 1 << 20;

    private final String address;
    private final Store store;
    private final Stage stage;
    private final Lease lease;
    private final Disk disk;
    private final Steps steps;
    private final Set<Lease.Kept> mine = ConcurrentHashMap.newKeySet();
    private final AtomicLong untilLook = new AtomicLong();

    /** Shared by those who add, so that publishing begins when all of them have ended. */
    private final ReentrantReadWriteLock adding = new ReentrantReadWriteLock();

    private boolean ended;
    private volatile Optional<MayflyException> broken = Optional.empty();

    FsIngest(String address, Store store, Stage stage, Lease lease, Disk disk, Steps steps) {
        this.address = address;
        this.store = store;
        this.stage = stage;
        this.lease = lease;
        this.disk = disk;
        this.steps = steps;
    }

    @Override
    public boolean keepsPayload(Digest payload) {
        return keeps(Kind.PAYLOAD, payload);
    }

    @Override
    public boolean keepsObject(Digest object) {
        return keeps(Kind.OBJECT, object);
    }

    /** Not one of {@link #mine}: those are written here when they are not there. */
    private boolean keeps(Kind kind, Digest digest) {
        begin();
        try {
            lease.keep(kind, digest);
            steps.before("look whether it is there");
            return store.bring(kind, digest);
        } catch (IOException e) {
            throw disk.failed("Looking for " + digest, e);
        } finally {
            adding.readLock().unlock();
        }
    }

    @Override
    public Written payload(InputStream content) throws IOException {
        return payload(content, Optional.empty(), false);
    }

    @Override
    public void payload(Digest expected, InputStream content) throws IOException {
        payload(content, Optional.of(expected), false);
    }

    @Override
    public void replacePayload(Digest expected, InputStream content) throws IOException {
        payload(content, Optional.of(expected), true);
    }

    /** @param anyway also when it is there */
    private Written payload(InputStream content, Optional<Digest> expected, boolean anyway) throws IOException {
        begin();
        try {
            byte[] head = content.readNBytes(SMALL + 1);
            if (head.length > SMALL) {
                return large(head, content, expected, anyway);
            }
            Digest digest = Digest.of(head);
            check(expected, digest);
            small(Kind.PAYLOAD, digest, head, anyway);
            return new Written(digest, head.length);
        } catch (Pour.WriteFailed e) {
            throw broke(disk.failed("Writing a payload", e));
        } finally {
            adding.readLock().unlock();
        }
    }

    private Written large(byte[] head, InputStream rest, Optional<Digest> expected, boolean anyway) throws IOException {
        Stage.Spot spot = writing(() -> stage.spot(Kind.PAYLOAD));
        boolean kept = false;
        try {
            Pour.Poured poured = Pour.pour(head, rest, spot.channel(), spot.start(), this::room);
            check(expected, poured.digest());
            kept = isNew(Kind.PAYLOAD, poured.digest(), anyway);
            if (kept) {
                writing(() -> {
                    spot.keep(poured.digest(), poured.length(), poured.checksum());
                    return true;
                });
            }
            return new Written(poured.digest(), poured.length());
        } finally {
            if (!kept) {
                spot.drop();
            }
        }
    }

    private void small(Kind kind, Digest digest, byte[] content, boolean anyway) throws IOException {
        if (!isNew(kind, digest, anyway)) {
            return;
        }
        room(content.length);
        writing(() -> {
            Stage.Spot spot = stage.spot(kind);
            boolean kept = false;
            try {
                Pour.write(spot.channel(), spot.start(), content);
                spot.keep(digest, content.length, Pour.checksum(content));
                kept = true;
            } finally {
                if (!kept) {
                    spot.drop();
                }
            }
            return kept;
        });
    }

    @Override
    public Digest object(EnvObject object) {
        Encoded encoded = ObjectCodec.encode(object, Form.USUAL);
        add(encoded, object, false);
        return encoded.digest();
    }

    @Override
    public void object(Encoded object) {
        add(object, ObjectCodec.decode(object).object(), false);
    }

    @Override
    public void replaceObject(Encoded object) {
        add(object, ObjectCodec.decode(object).object(), true);
    }

    private void add(Encoded object, EnvObject decoded, boolean anyway) {
        begin();
        try {
            stage.names(
                    object.digest(),
                    decoded instanceof Blob,
                    References.of(decoded).objects());
            small(Kind.OBJECT, object.digest(), object.bytes(), anyway);
        } catch (IOException e) {
            throw broke(disk.failed("Writing an object", e));
        } finally {
            adding.readLock().unlock();
        }
    }

    private void begin() {
        adding.readLock().lock();
        if (ended) {
            adding.readLock().unlock();
            throw new IllegalStateException("this ingest was published or closed");
        }
    }

    private static void check(Optional<Digest> expected, Digest found) {
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "The payload " + expected.get() + " was not taken in",
                    "what came has the digest " + found,
                    "Copy it anew from a repository that has it whole.");
        }
    }

    /** Whether it is to be written. Two threads with the same content: the first writes it for both. */
    private boolean isNew(Kind kind, Digest digest, boolean anyway) throws IOException {
        Lease.Kept content = new Lease.Kept(kind, digest);
        if (!mine.add(content)) {
            return false;
        }
        steps.before("keep by lease");
        return writing(() -> {
            lease.keep(List.of(content));
            steps.before("look whether it is there");
            return anyway || (!store.inUse(kind, digest) && !store.reviveKnown(kind, digest));
        });
    }

    private interface Writing<T> {
        T run() throws IOException;
    }

    private static <T> T writing(Writing<T> work) throws Pour.WriteFailed {
        try {
            return work.run();
        } catch (Pour.WriteFailed e) {
            throw e;
        } catch (IOException e) {
            throw new Pour.WriteFailed(e);
        }
    }

    private void room(long bytes) {
        if (untilLook.addAndGet(-bytes) < 0) {
            untilLook.set(LOOK_AT_ROOM_EVERY);
            try {
                disk.require(Math.max(bytes, LOOK_AT_ROOM_EVERY));
            } catch (MayflyException e) {
                throw broke(e);
            }
        }
    }

    /** Something that others rely on may be missing now, so none of it may be published. */
    private MayflyException broke(MayflyException e) {
        broken = Optional.of(e);
        return e;
    }

    @Override
    public void publish() {
        adding.writeLock().lock();
        try {
            if (ended) {
                throw new IllegalStateException("this ingest was published or closed");
            }
            ended = true;
            if (broken.isPresent()) {
                throw broken.get();
            }
            stage.publish(store.packs());
        } catch (IOException e) {
            throw disk.failed("Publishing", e);
        } finally {
            adding.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        adding.writeLock().lock();
        try {
            ended = true;
            try (lease) {
                stage.close();
            }
        } catch (IOException e) {
            throw disk.failed("Ending an ingest", e);
        } finally {
            adding.writeLock().unlock();
        }
    }

    @Override
    public String toString() {
        return "FsIngest[" + address + "]";
    }
}
