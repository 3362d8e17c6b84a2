package dev.mayfly.mesh.wire;

/** What bytes turned out to be. */
public sealed interface Decoded {
    /** A frame whose checksum holds. Valid until its decoder is used again. */
    record Intact(FrameView frame) implements Decoded {}

    /**
     * Looks like a frame, but its checksum does not hold: it was changed on its way. What its fields say is a hint, no
     * more. Valid until its decoder is used again.
     */
    record Damaged(FrameView claims) implements Decoded {}

    /** Not a UD SEND-only frame at all. */
    enum Rejected implements Decoded {
        TOO_SHORT,
        TOO_LONG,
        NOT_IP,
        /** Options of IPv4: nobody sends RoCEv2 with these, and its checksum is not defined over them. */
        IP_OPTIONS,
        IP_CHECKSUM,
        FRAGMENT,
        NOT_UDP,
        OTHER_PORT,
        /** Lengths of IP, UDP and the bytes at hand contradict each other, or the frame is not whole words. */
        LENGTHS,
        OTHER_OPCODE,
        TRANSPORT_VERSION,
        /** Went to another address of the card that took it in. */
        OTHER_ADDRESS,
        /** Says that it has more padding than payload. */
        PADDING
    }
}
