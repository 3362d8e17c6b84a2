package dev.mayfly.sandbox.bwrap;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.cgroup.CgroupMode;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.slot.SyscallFilters;
import dev.mayfly.sandbox.slot.UidRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What every slot of this backend is made from.
 *
 * @param directory of this instance; passable for the user ids of jobs
 */
record BwrapParts(
        BwrapTools tools,
        Path directory,
        CgroupTree cgroups,
        SyscallFilters filters,
        RuntimeImage image,
        Optional<UidRange> uids,
        Spawner spawner) {

    /** @param folders whether the run has files or outputs, for which a plain folder must do when not root */
    List<LayerReport> layers(boolean folders) {
        List<LayerReport> layers = new ArrayList<>();
        for (String name : List.of(
                "user-ns",
                "pid-ns",
                "mount-ns",
                "net-ns",
                "ipc-ns",
                "uts-ns",
                "rootfs",
                "seccomp",
                "no-new-privs",
                "caps",
                "kill-pidns")) {
            layers.add(new LayerReport(name, true, LayerState.ACTIVE, ""));
        }
        layers.add(
                uids.isPresent()
                        ? new LayerReport("uid", true, LayerState.ACTIVE, "one per slot")
                        : degraded("uid", "same uid as the service"));
        layers.add(
                uids.isPresent() || !folders
                        ? new LayerReport("disk-cap", true, LayerState.ACTIVE, "")
                        : degraded("disk-cap", "/workspace is a plain folder when the service is not root"));
        layers.add(unavailable("seccomp-notify", "bubblewrap holds no listener: denied calls fail but are not listed"));
        layers.add(unavailable("landlock", "bubblewrap has no Landlock"));
        layers.add(unavailable("net-mediation", "bubblewrap gives a run either no network or all of it"));
        CgroupMode mode = cgroups.mode();
        layers.add(
                mode == CgroupMode.V2 || mode == CgroupMode.HYBRID
                        ? new LayerReport("kill-cgroup", true, LayerState.ACTIVE, "")
                        : unavailable("kill-cgroup", "no cgroup v2 here"));
        layers.addAll(cgroups.layers());
        return List.copyOf(layers);
    }

    private static LayerReport degraded(String name, String why) {
        return new LayerReport(name, true, LayerState.DEGRADED, why);
    }

    private static LayerReport unavailable(String name, String why) {
        return new LayerReport(name, true, LayerState.UNAVAILABLE, why);
    }
}
