package dev.mayfly.mesh.demo;

import java.util.Arrays;
import java.util.Optional;

/** What is done to the fabric. */
public enum FaultKind {
    /** One way of a link loses some packets. */
    DROP("drop"),
    /** One way of a link loses all. */
    ONE_WAY("one-way"),
    /** A cable loses everything, both ways, and nobody is told. */
    DEAD("dead-link"),
    /** One way of a link changes a byte of some frames. */
    CORRUPT("corrupt"),
    /** A cable is dead and well by turns. */
    FLAP("flap"),
    /** A host's card loses some packets. */
    CARD("card"),
    /** A spine loses everything. */
    SPINE("spine"),
    /** A host runs, but not often: its agent is stopped again and again for moments. */
    BUSY("busy-host"),
    /** A host's agent is killed. */
    GONE("host-gone");

    private final String word;

    FaultKind(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<FaultKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }
}
