package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.WayOut;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What tests of slots need of the machine. */
public final class Slots {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private Slots() {}

    public static void need() {
        Needs.linux();
        Needs.root();
        Needs.that(SlotBinary.locate() instanceof LauncherBinary.Found, "slots", "mayfly-slot was not built");
        Needs.that(Files.exists(Path.of("/dev/loop-control")), "slots", "no loop devices");
        Needs.that(places().limits(), "slots", "no control groups for memory and processes");
    }

    public static SlotSettings settings(Template template, Path folder, long memory) {
        return settings(template, folder, memory, Optional.empty());
    }

    public static SlotSettings settings(Template template, Path folder, long memory, Optional<WayOut> way) {
        return new SlotSettings(
                SlotBinary.locate().whereFound().orElseThrow(),
                template,
                folder.resolve("r"),
                folder.resolve("b"),
                SlotSettings.CLAIMS,
                places(),
                memory,
                way);
    }

    /** At the roots of the hierarchies; the program asks the room that knows more about them. */
    private static GroupPlaces places() {
        Map<String, Path> v1 = new HashMap<>();
        for (String controller : new String[] {"memory", "pids", "cpu"}) {
            if (Files.isWritable(GROUPS.resolve(controller).resolve("cgroup.procs"))) {
                v1.put(controller, GROUPS.resolve(controller));
            }
        }
        boolean one = v1.isEmpty() && Files.isWritable(GROUPS.resolve("cgroup.subtree_control"));
        return new GroupPlaces(v1, one ? Optional.of(GROUPS) : Optional.empty(), "");
    }
}
