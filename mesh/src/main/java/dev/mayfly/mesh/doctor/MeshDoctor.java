package dev.mayfly.mesh.doctor;

import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.util.ArrayList;
import java.util.List;

/** All rows about one host, in the order of causes: cards, what they are linked by, the host, what was tried. */
public final class MeshDoctor {
    /** The row without which nothing can be sent over sockets. */
    public static final String PORT = "mesh-port";

    public static final String STAMPS = "mesh-stamps";

    private final HostFiles files;
    private final Trials trials;

    public MeshDoctor(HostFiles files, Trials trials) {
        this.files = files;
        this.trials = trials;
    }

    public List<Capability> examine() {
        List<Capability> rows = new ArrayList<>();
        rows.addAll(new Cards(files).rows());
        rows.addAll(trials.verbs());
        rows.addAll(new Links(files, trials).rows());
        rows.addAll(new Limits(files).rows());
        rows.add(new Port(files, trials).row());
        rows.add(trials.stamps());
        rows.add(trials.tracing());
        return rows;
    }

    /** Whether probes can be sent and stamped from here, over sockets at least. */
    public static boolean canProbe(List<Capability> rows) {
        return rows.stream()
                .filter(row -> row.name().equals(PORT) || row.name().equals(STAMPS))
                .allMatch(row -> row.state() != CapabilityState.UNAVAILABLE);
    }
}
