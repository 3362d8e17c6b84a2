package dev.mayfly.mesh.doctor;

import dev.mayfly.platform.probe.Capability;
import java.util.List;
import java.util.Optional;

/** What can only be known by trying. Each takes back what it made. */
public interface Trials {
    /** Takes UDP port 4791 of all addresses and gives it back. */
    boolean portIsFree();

    /** Sends a frame to this host itself and looks who stamped it; the row {@link MeshDoctor#STAMPS}. */
    Capability stamps();

    /** Watches a function of a library for a moment; whether services can be traced. */
    Capability tracing();

    /** Makes a queue pair on each RDMA card; the rows {@code mesh-verbs}, at least one. */
    List<Capability> verbs();

    /** What the driver of an interface says that it can stamp; empty when it says nothing. */
    Optional<String> stampsOf(String networkInterface);

    /** What the interface says about priority flow control; empty when nobody here can ask it. */
    Optional<String> priorityFlowControl(String networkInterface);
}
