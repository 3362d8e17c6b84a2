package dev.mayfly.mesh.wire;

/** Numbers of RoCEv2 (InfiniBand Architecture Specification volume 1, chapter 9, and its annex A17). */
public final class Roce {
    /** Destination of every frame, replies included. */
    public static final int UDP_PORT = 4791;
    /** Source ports that the standard leaves to spread flows over paths: 0xC000 to 0xFFFF. */
    public static final int FIRST_SOURCE_PORT = 0xC000;

    /** The largest UD message: one path MTU. */
    public static final int LARGEST_PAYLOAD = 4096;

    static final int OPCODE_UD_SEND_ONLY = 0x64;

    static final int IPV4_BYTES = 20;
    static final int IPV6_BYTES = 40;
    static final int UDP_BYTES = 8;
    static final int BTH_BYTES = 12;
    static final int DETH_BYTES = 8;
    static final int ICRC_BYTES = 4;

    /** What a frame has around its payload, behind the UDP header. */
    public static final int OVERHEAD = BTH_BYTES + DETH_BYTES + ICRC_BYTES;

    static final int PROTOCOL_UDP = 17;

    private Roce() {}

    /** Zero bytes behind a payload, so that the frame is whole words: 0 to 3. */
    static int padding(int payloadBytes) {
        return -payloadBytes & 3;
    }

    /** Bytes behind the UDP header of a frame with this payload. */
    public static int frameBytes(int payloadBytes) {
        return OVERHEAD + payloadBytes + padding(payloadBytes);
    }
}
