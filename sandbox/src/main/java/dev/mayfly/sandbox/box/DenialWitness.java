package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import java.util.List;
import java.util.Map;

/**
 * Sees what the kernel's permissions refuse to jobs: read-only mounts, owners and modes of files, Landlock, missing
 * privilege. Those refusals are answered inside the kernel, so nothing else in this house learns of them. It only
 * watches: what a job may do does not depend on it. Safe for concurrent use.
 */
public interface DenialWitness extends AutoCloseable {
    /** The name of the layer. */
    String LAYER = "denial-witness";

    /** State of the layer {@code denial-witness} on this machine. */
    LayerReport layer();

    /**
     * Watches the processes of one control group from now on.
     *
     * @param cgroupId of a group in the v2 tree: the inode number of its directory
     * @throws dev.mayfly.base.error.MayflyException {@code SANDBOX_SETUP} when it cannot
     */
    Watch watch(long cgroupId);

    @Override
    void close();

    /** One watched group; used by one thread at a time. */
    interface Watch extends AutoCloseable {
        /**
         * What was refused since the last time, and starts anew; called when no process is left in the group. Costs one
         * system call when nothing was.
         *
         * @param filtered by number of the system call, how often the seccomp filter denied it: reported elsewhere
         */
        List<Violation> collect(Map<Integer, Long> filtered);

        @Override
        void close();
    }

    /** Nobody wants to see anything. */
    static DenialWitness off() {
        return new BlindWitness(new LayerReport(LAYER, false, LayerState.OFF, "switched off (evidence.denials)"));
    }

    /** Sees nothing and says why. */
    static DenialWitness none(String reason) {
        return new BlindWitness(new LayerReport(LAYER, false, LayerState.UNAVAILABLE, reason));
    }
}
