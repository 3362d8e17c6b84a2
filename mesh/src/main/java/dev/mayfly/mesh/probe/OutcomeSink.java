package dev.mayfly.mesh.probe;

/** Is told what became of probes. */
public interface OutcomeSink {
    /** The first verdict on a probe, at the latest when its time is over. */
    void settled(ProbeOutcome outcome);

    /** Something came after its time and changes the verdict. */
    void revised(ProbeOutcome before, ProbeOutcome now);

    /** No verdict: it was forgotten for want of room. Its window is incomplete, not lossy. */
    void forgotten(int target, long startedNanos);
}
