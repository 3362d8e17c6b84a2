package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;

/**
 * A frame whose headers a card has taken off and whose checksum it has verified: gives it headers again, so that it is read
 * as others are. Belongs to one thread.
 */
public final class CardFrame {
    /** So much in front of the payload is written over. */
    public static final int BEFORE = Roce.BTH_BYTES + Roce.DETH_BYTES;

    private final FrameView view = new FrameView();

    /**
     * @param in big-endian
     * @param payloadAt at least {@link #BEFORE}
     * @return valid until the next call
     */
    public FrameView view(ByteBuffer in, int payloadAt, int payloadBytes, int targetQp, int sourceQp, int queueKey) {
        int at = payloadAt - BEFORE;
        in.put(at, (byte) Roce.OPCODE_UD_SEND_ONLY);
        in.put(at + 1, (byte) 0);
        in.putShort(at + 2, (short) Route.DEFAULT_PARTITION);
        in.putInt(at + 4, targetQp);
        in.putInt(at + 8, 0);
        in.putInt(at + 12, queueKey);
        in.putInt(at + 16, sourceQp & 0xFFFFFF);
        view.pointTo(in, at, Roce.OVERHEAD + payloadBytes);
        return view;
    }
}
