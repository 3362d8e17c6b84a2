package dev.mayfly.env.repo.remote;

import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.Key;
import dev.mayfly.proto.env.ListRequest;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;

final class RemoteObjects implements Objects {
    private final Wire wire;

    RemoteObjects(Wire wire) {
        this.wire = wire;
    }

    @Override
    public Optional<Encoded> find(Digest digest) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        wire.each(stub -> stub.getObject(key(digest)), piece -> {
            byte[] content = Pieces.content(piece);
            if (bytes.size() + content.length > wire.options().objectBytes()) {
                throw wire.wrong("the object " + digest + " has more than "
                        + wire.options().objectBytes() + " bytes");
            }
            bytes.writeBytes(content);
        });
        if (bytes.size() == 0) {
            return Optional.empty();
        }
        Encoded found = new Encoded(digest, bytes.toByteArray());
        ObjectCodec.decode(found);
        return Optional.of(found);
    }

    @Override
    public boolean has(Digest digest) {
        return wire.ask(stub -> stub.hasObject(key(digest))).getThere();
    }

    @Override
    public void each(Consumer<Digest> found) {
        wire.each(
                stub -> stub.listObjects(ListRequest.getDefaultInstance()),
                keys -> keys.getDigestsList().forEach(each -> found.accept(digest(wire, each))));
    }

    static Key key(Digest digest) {
        return Key.newBuilder().setDigest(WireDigest.bytes(digest)).build();
    }

    static Digest digest(Wire wire, com.google.protobuf.ByteString bytes) {
        try {
            return WireDigest.digest(bytes);
        } catch (IllegalArgumentException e) {
            throw wire.wrong(String.valueOf(e.getMessage()));
        }
    }
}
