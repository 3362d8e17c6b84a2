package dev.mayfly.mesh.wire;

import java.nio.ByteBuffer;

/**
 * The fields of a frame, read from where it lies. Belongs to its decoder, which points it elsewhere with each frame: copy
 * what is needed longer.
 */
public final class FrameView {
    private ByteBuffer in = ByteBuffer.allocate(0);
    private int at;
    private int bytes;

    FrameView() {}

    void pointTo(ByteBuffer buffer, int frameAt, int frameBytes) {
        in = buffer;
        at = frameAt;
        bytes = frameBytes;
    }

    public boolean solicited() {
        return in.get(at + 1) < 0;
    }

    public boolean migration() {
        return (in.get(at + 1) & 0x40) != 0;
    }

    public int partition() {
        return Short.toUnsignedInt(in.getShort(at + 2));
    }

    /** Forward congestion mark: a switch on the way was crowded. */
    public boolean forwardCongestion() {
        return in.get(at + 4) < 0;
    }

    public boolean backwardCongestion() {
        return (in.get(at + 4) & 0x40) != 0;
    }

    public int targetQp() {
        return in.getInt(at + 4) & 0xFFFFFF;
    }

    public boolean acknowledgeRequest() {
        return in.get(at + 8) < 0;
    }

    /** The PSN, 24 bits. */
    public int sequence() {
        return in.getInt(at + 8) & 0xFFFFFF;
    }

    public int queueKey() {
        return in.getInt(at + 12);
    }

    public int sourceQp() {
        return in.getInt(at + 16) & 0xFFFFFF;
    }

    /** The buffer that holds the payload, from {@link #payloadAt} on. */
    public ByteBuffer buffer() {
        return in;
    }

    public int payloadAt() {
        return at + Roce.BTH_BYTES + Roce.DETH_BYTES;
    }

    public int payloadBytes() {
        return bytes - Roce.OVERHEAD - paddingBytes();
    }

    int paddingBytes() {
        return in.get(at + 1) >>> 4 & 3;
    }
}
