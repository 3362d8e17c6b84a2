package dev.mayfly.mesh.probe;

/** What became of a probe. */
public enum Verdict {
    /** There and back in time, with all six stamps. */
    OK("ok"),
    /** There and back, but not in time. */
    LATE("late"),
    /** It left, and a packet on the way there or back did not arrive. */
    LOST("lost"),
    /** The first answer came and the second did not: the way there and the way back both worked once. */
    ACK1_ONLY("ack1-only"),
    /** An answer arrived changed, and no whole one did. */
    CORRUPT("corrupt"),
    /** It was not sent, or nothing shows that it left this host. */
    SEND_ERROR("send-error"),
    /** There and back, but its stamps cannot be true: a clock stepped, or one is missing. */
    INVALID("invalid");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** Whether it counts against what lies between the hosts. All others are told and never blamed on the fabric. */
    public boolean blamesFabric() {
        return this == LOST || this == CORRUPT;
    }
}
