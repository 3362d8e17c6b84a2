package dev.mayfly.mesh.sim;

import dev.mayfly.mesh.wire.Route;

/** What becomes of a frame. */
public sealed interface Fate {
    /** @param nanos on the way */
    record Arrives(long nanos) implements Fate {}

    /** @param bit the bit of the frame that changes, counted from its first; beyond its end from the start again */
    record ArrivesChanged(long nanos, int bit) implements Fate {}

    record Lost() implements Fate {}

    /** Where the fate of each frame comes from. */
    @FunctionalInterface
    interface Source {
        Fate of(Route route);
    }
}
