package dev.mayfly.env.repo.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.PayloadRange;
import dev.mayfly.proto.env.Piece;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A payload on its way. When the connection is lost it goes on where it was, a few times. */
final class DownloadStream extends InputStream {
    private final Wire wire;
    private final Digest digest;
    private final long size;
    private Optional<BlockingClientCall<?, Piece>> call = Optional.empty();
    private byte[] piece = new byte[0];
    private int at;
    private long taken;
    private int resumed;
    private boolean over;

    DownloadStream(Wire wire, Digest digest, long size) {
        this.wire = wire;
        this.digest = digest;
        this.size = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (at == piece.length) {
                if (over || !next()) {
                    return -1;
                }
            }
        } catch (MayflyException e) {
            throw new IOException(e.why(), e);
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, bytes, offset, count);
        at += count;
        return count;
    }

    private boolean next() {
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
                over = next.isEmpty();
                piece = next.map(Pieces::content).orElseGet(() -> new byte[0]);
                at = 0;
                taken += piece.length;
                if (taken > size || (over && taken < size)) {
                    throw wire.wrong("the payload " + digest + " has " + taken + " bytes and not " + size);
                }
                return !over;
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
        piece = new byte[0];
        at = 0;
    }
}
