package dev.mayfly.env.repo.remote;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FarPayload;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.proto.env.ListRequest;
import dev.mayfly.proto.env.Presence;
import java.util.Optional;
import java.util.function.Consumer;

final class RemotePayloads implements Payloads {
    private final Wire wire;

    RemotePayloads(Wire wire) {
        this.wire = wire;
    }

    @Override
    public Optional<Payload> find(Digest digest) {
        Presence presence = wire.ask(stub -> stub.statPayload(RemoteObjects.key(digest)));
        if (!presence.getThere()) {
            return Optional.empty();
        }
        if (presence.getSize() < 0) {
            throw wire.wrong("the payload " + digest + " has no possible size");
        }
        return Optional.of(
                new FarPayload(digest, presence.getSize(), () -> new DownloadStream(wire, digest, presence.getSize())));
    }

    @Override
    public boolean has(Digest digest) {
        return wire.ask(stub -> stub.statPayload(RemoteObjects.key(digest))).getThere();
    }

    @Override
    public void each(Consumer<Digest> found) {
        wire.each(
                stub -> stub.listPayloads(ListRequest.getDefaultInstance()),
                keys -> keys.getDigestsList().forEach(each -> found.accept(RemoteObjects.digest(wire, each))));
    }
}
