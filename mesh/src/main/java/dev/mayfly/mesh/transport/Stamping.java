package dev.mayfly.mesh.transport;

/** Who says when a frame left or arrived. */
public enum Stamping {
    /** The kernel, where the frame meets the driver. */
    KERNEL("kernel"),
    /** The card, as the frame leaves it or arrives at it. */
    CARD("card"),
    /** This program, before it sends and after it received: the network's time contains the host's. */
    PROGRAM("program"),
    SIMULATED("simulated");

    private final String word;

    Stamping(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
