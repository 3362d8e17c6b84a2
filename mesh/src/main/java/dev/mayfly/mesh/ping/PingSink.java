package dev.mayfly.mesh.ping;

import dev.mayfly.mesh.probe.ProbeOutcome;

/** Is told what became of each probe. */
public interface PingSink {
    /**
     * A verdict.
     *
     * @param count of the probe, from 1
     * @param again true when something came after its time and changed the verdict
     */
    void told(int count, int sourcePort, ProbeOutcome outcome, boolean again);
}
