package dev.mayfly.mesh.doctor;

import dev.mayfly.platform.probe.Capability;
import java.util.List;
import java.util.Optional;

/** The clock that stamps, and memory that may be pinned. */
final class Limits {
    private static final String CLOCK = "mesh-clock";
    private static final String MEMLOCK = "mesh-memlock";
    private static final String SOURCE = "sys/devices/system/clocksource/clocksource0/current_clocksource";

    /** Those that are read without leaving the processor; the others cost a microsecond and more for each stamp. */
    private static final List<String> FAST =
            List.of("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page");

    /** Queues of 4,096 frames of 4 KB each way for one card. */
    private static final long PINNED_BY_A_CARD = 2L * 4096 * 4096;

    private final HostFiles files;

    Limits(HostFiles files) {
        this.files = files;
    }

    List<Capability> rows() {
        return List.of(clock(), memlock());
    }

    private Capability clock() {
        Optional<String> source = files.text(SOURCE);
        String cards = files.names("sys/class/ptp").isEmpty()
                ? "no card has a clock of its own"
                : "clocks of cards: " + String.join(", ", files.names("sys/class/ptp"));
        if (source.isEmpty()) {
            return Capability.degraded(
                    CLOCK, "this host does not say what its clock runs on; " + cards, "read /" + SOURCE);
        }
        String evidence = source.get() + "; " + cards + "; hosts need not agree on the time";
        return FAST.contains(source.get())
                ? Capability.active(CLOCK, evidence)
                : Capability.degraded(
                        CLOCK,
                        evidence + "; reading it is slow, which widens the host's parts",
                        "if the processor has a steady counter: echo tsc > /" + SOURCE);
    }

    private Capability memlock() {
        Optional<String> line = files.lines("proc/self/limits").stream()
                .filter(each -> each.startsWith("Max locked memory"))
                .findFirst();
        if (line.isEmpty()) {
            return Capability.degraded(MEMLOCK, "this host does not say how much memory may be pinned", "ulimit -l");
        }
        String soft = line.get().substring("Max locked memory".length()).strip().split("\\s+", 2)[0];
        if (soft.equals("unlimited") || Long.parseLong(soft) >= PINNED_BY_A_CARD) {
            return Capability.active(MEMLOCK, "memory that may be pinned, in bytes: " + soft);
        }
        return Capability.degraded(
                MEMLOCK,
                soft + " bytes may be pinned; a card wants " + PINNED_BY_A_CARD + ", probes over UDP none",
                "ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit of the service");
    }
}
