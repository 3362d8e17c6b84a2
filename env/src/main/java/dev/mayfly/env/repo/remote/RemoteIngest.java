package dev.mayfly.env.repo.remote;

import com.google.protobuf.ByteString;
import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.Done;
import dev.mayfly.proto.env.Put;
import dev.mayfly.proto.env.Session;
import dev.mayfly.proto.env.SessionRequest;
import dev.mayfly.proto.env.Want;
import io.grpc.stub.BlockingClientCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session at the server. Objects are written in the usual form of SPFS, because a server does not say which one it has. */
final class RemoteIngest implements Ingest {
    private final Wire wire;
    private final Session session;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RemoteIngest(Wire wire, Session session) {
        this.wire = wire;
        this.session = session;
    }

    static RemoteIngest open(Wire wire) {
        return new RemoteIngest(wire, wire.ask(stub -> stub.openSession(SessionRequest.getDefaultInstance())));
    }

    @Override
    public boolean keepsPayload(Digest payload) {
        return keeps(payload, true);
    }

    @Override
    public boolean keepsObject(Digest object) {
        return keeps(object, false);
    }

    private boolean keeps(Digest digest, boolean payload) {
        requireOpen();
        Want want = Want.newBuilder()
                .setSession(session.getId())
                .setDigest(WireDigest.bytes(digest))
                .setPayload(payload)
                .build();
        return wire.ask(stub -> stub.keep(want)).getThere();
    }

    @Override
    public Written payload(InputStream content) throws IOException {
        requireOpen();
        Sending sent = send(wire.stub().putPayload(), ByteString.EMPTY, content);
        Digest digest = RemoteObjects.digest(wire, sent.done.getDigest());
        if (!digest.equals(sent.digest) || sent.done.getSize() != sent.size) {
            throw wire.wrong("it says that what was sent has the digest " + digest + ", which is " + sent.digest);
        }
        return new Written(digest, sent.size);
    }

    @Override
    public void payload(Digest expected, InputStream content) throws IOException {
        requireOpen();
        send(wire.stub().putPayload(), WireDigest.bytes(expected), content);
    }

    @Override
    public Digest object(EnvObject object) {
        Encoded encoded = ObjectCodec.encode(object, Form.USUAL);
        object(encoded);
        return encoded.digest();
    }

    @Override
    public void object(Encoded object) {
        requireOpen();
        try {
            send(wire.stub().putObject(), WireDigest.bytes(object.digest()), new ByteArrayInputStream(object.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Nothing in memory breaks.
        }
    }

    private record Sending(Done done, Digest digest, long size) {}

    private Sending send(BlockingClientCall<Put, Done> call, ByteString digest, InputStream content)
            throws IOException {
        Sha256 sum = Sha256.start();
        long size = 0;
        boolean whole = false;
        try {
            boolean more = write(
                    call,
                    Put.newBuilder()
                            .setSession(session.getId())
                            .setDigest(digest)
                            .build());
            byte[] buffer = new byte[Pieces.SIZE];
            while (more) {
                int count = content.readNBytes(buffer, 0, buffer.length);
                if (count == 0) {
                    break;
                }
                sum.update(buffer, 0, count);
                size += count;
                more = write(
                        call,
                        Put.newBuilder().setPiece(Pieces.of(buffer, count)).build());
            }
            call.halfClose();
            // A server that refuses ends the call early; then this says why.
            Optional<Done> done = wire.next(call);
            whole = true;
            return new Sending(
                    done.orElseThrow(() -> wire.wrong("it did not say whether it took the content")),
                    Digest.of(sum.digest()),
                    size);
        } finally {
            if (!whole) {
                call.cancel("given up", new InterruptedException());
            }
        }
    }

    private boolean write(BlockingClientCall<Put, Done> call, Put put) {
        return wire.step(() -> call.write(put, wire.options().stall().toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public void publish() {
        requireOpen();
        over.set(true);
        wire.ask(wire.options().publish(), stub -> stub.publish(session));
    }

    private void requireOpen() {
        if (over.get()) {
            throw new IllegalStateException("this ingest is over");
        }
    }

    @Override
    public void close() {
        over.set(true);
        if (closed.compareAndSet(false, true)) {
            try {
                wire.ask(stub -> stub.closeSession(session));
            } catch (MayflyException e) {
                // The server gives it up by itself when nobody uses it.
            }
        }
    }
}
