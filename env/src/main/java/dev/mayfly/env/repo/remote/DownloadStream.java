package dev.mayfly.env.repo.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.PieceStream;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.PayloadRange;
import dev.mayfly.proto.env.Piece;
import io.grpc.stub.BlockingClientCall;
import java.util.Optional;

/** A payload on its way. When the connection is lost it goes on where it was, a few times. */
final class DownloadStream extends PieceStream {
    private final Wire wire;
    private final Digest digest;
    private final long size;
    private Optional<BlockingClientCall<?, Piece>> call = Optional.empty();
    private long taken;
    private int resumed;
    private boolean over;

    DownloadStream(Wire wire, Digest digest, long size) {
        this.wire = wire;
        this.digest = digest;
        this.size = size;
    }

    @Override
    protected byte[] next() {
        while (true) {
            try {
                if (call.isEmpty()) {
                    PayloadRange range = PayloadRange.newBuilder()
                            .setDigest(WireDigest.bytes(digest))
                            .setOffset(taken)
                            .build();
                    call = Optional.of(wire.stub().getPayload(range));
                }
                Optional<Piece> next = wire.next(call.get());
                byte[] piece = next.map(Pieces::content).orElseGet(() -> new byte[0]);
                over = next.isEmpty();
                taken += piece.length;
                if (taken > size || (over && taken < size)) {
                    throw wire.wrong("the payload " + digest + " has " + taken + " bytes and not " + size);
                }
                if (over || piece.length > 0) {
                    return piece;
                }
            } catch (MayflyException e) {
                if (e.code() != ErrorCode.REMOTE_UNREACHABLE
                        || resumed++ >= wire.options().resumptions()) {
                    throw e;
                }
                giveUp();
            }
        }
    }

    private void giveUp() {
        call.ifPresent(each -> each.cancel("given up", new InterruptedException()));
        call = Optional.empty();
    }

    @Override
    public void close() {
        if (!over) {
            giveUp();
        }
        over = true;
        super.close();
    }
}
