package dev.mayfly.mesh.analyze;

import java.util.List;

/** Finds what is at fault. */
public interface Localizer {
    String name();

    void observe(Observation observation);

    /** What all that was observed says, surest first; does not change what is known. */
    List<Finding> judge(HostEvidence hosts);
}
