package dev.mayfly.queue.port;

import dev.mayfly.queue.api.Epoch;

/** Proof of death, where one can be had: the owner's process is gone, and everything it ran is gone too. */
@FunctionalInterface
public interface Obituary {
    /** True only when it is certain; an epoch on another machine is never certain to be over. */
    boolean isOver(Epoch epoch);
}
