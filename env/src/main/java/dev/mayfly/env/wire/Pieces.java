package dev.mayfly.env.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.proto.env.Piece;
import java.util.Arrays;

/**
 * Content in pieces. Each is a zstd frame of its own when that is shorter, so a transfer can begin anywhere and no piece
 * becomes larger than it says.
 */
public final class Pieces {
    /** Bytes of content that we put into one piece. */
    public static final int SIZE = 256 << 10;

    /** Bytes of content that anybody may put into one piece. */
    public static final int MOST = 1 << 20;

    /** Bytes of a message: a piece that did not become shorter, and what goes with it. */
    public static final int MESSAGE = MOST + (64 << 10);

    private static final int LEVEL = 3;

    private Pieces() {}

    /** @param bytes not changed afterwards */
    public static Piece of(byte[] bytes, int length) {
        byte[] content = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        byte[] frame = Zstd.compress(content, LEVEL);
        return frame.length < length
                ? Piece.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(frame))
                        .setRaw(length)
                        .build()
                : Piece.newBuilder().setData(ByteString.copyFrom(content)).build();
    }

    /** @throws MayflyException {@code CONTENT_CORRUPT} when it is too large or not what it says */
    public static byte[] content(Piece piece) {
        byte[] data = piece.getData().toByteArray();
        long raw = Integer.toUnsignedLong(piece.getRaw());
        if (raw > MOST || data.length > MOST) {
            throw bad("it has more than " + MOST + " bytes");
        }
        if (raw == 0) {
            return data;
        }
        byte[] content = new byte[(int) raw];
        long size;
        try {
            size = Zstd.decompress(content, data);
        } catch (ZstdException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
        if (Zstd.isError(size) || size != raw) {
            throw bad("it is no zstd frame of " + raw + " bytes");
        }
        return content;
    }

    private static MayflyException bad(String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT, "A piece of content came damaged", why, "Try again; check the other side.");
    }
}
