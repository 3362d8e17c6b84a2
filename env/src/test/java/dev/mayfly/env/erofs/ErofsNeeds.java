package dev.mayfly.env.erofs;

import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;

/** Skips what cannot run where EROFS cannot be mounted. */
public final class ErofsNeeds {
    private ErofsNeeds() {}

    public static void check(Path folder) {
        Needs.linux();
        Needs.root();
        Capability erofs = ErofsProbe.examine(folder);
        Needs.that(erofs.state() == CapabilityState.ACTIVE, "erofs", erofs.evidence());
    }
}
