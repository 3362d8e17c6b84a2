package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.cgroup.SlotGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts a slot's jobs under the witness's eyes. A slot that cannot be watched still runs jobs; the layer says so. */
final class Witnessed {
    private Witnessed() {}

    static DenialWitness.Watch watch(DenialWitness witness, SlotGroup group, List<LayerReport> layers) {
        Optional<Path> leaf = group.launcherPaths().jobLeaf();
        String reason = "there is no control group of the v2 tree that holds the job alone";
        if (leaf.isPresent()) {
            try {
                DenialWitness.Watch watch = witness.watch(idOf(leaf.get()));
                layers.add(witness.layer());
                return watch;
            } catch (IOException e) {
                reason = leaf.get() + " cannot be read: " + e.getMessage();
            } catch (MayflyException e) {
                reason = e.what() + ": " + e.why();
            }
        }
        layers.add(new LayerReport(DenialWitness.LAYER, false, LayerState.UNAVAILABLE, reason));
        return DenialWitness.none(reason).watch(0);
    }

    /** The kernel names a group of the v2 tree by the inode number of its directory. */
    private static long idOf(Path group) throws IOException {
        return ((Number) Files.getAttribute(group, "unix:ino")).longValue();
    }

    /** How often the seccomp filter denied each call. */
    static Map<Integer, Long> filtered(LauncherMessage.Exited exited) {
        Map<Integer, Long> counts = new HashMap<>();
        for (LauncherMessage.Denied denied : exited.denied()) {
            counts.merge(denied.number(), denied.count(), Long::sum);
        }
        return counts;
    }
}
