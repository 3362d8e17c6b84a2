package dev.mayfly.base.local;

/** One message on the socket: u32 length of the payload (little-endian), u8 type, payload. */
@SuppressWarnings("ArrayRecordComponent") // never compared, never shared
record Frame(FrameType type, byte[] payload) {
    static final int HEADER_BYTES = 5;
}
