package dev.mayfly.sandbox.cgroup;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The control groups of one life of this program: a parent named after the process in every hierarchy that is used, and
 * below it one group per slot. What a dead instance left is removed when a new one opens. Safe for concurrent use.
 */
public final class CgroupTree implements AutoCloseable {
    /** Far more than cores; each slot has its own pair of user ids. */
    public static final int MOST_SLOTS = 64;

    private static final String SLOT = "slot-";
    private static final List<String> V2_CONTROLLERS = List.of("memory", "pids", "cpu", "io");

    private final CgroupLayout layout;
    private final InstanceId instance;
    private final List<Path> parents;
    private final Set<String> enabled;
    private final List<String> swept;
    private final List<String> notes;
    private final AtomicInteger slotsMade = new AtomicInteger();

    private CgroupTree(
            CgroupLayout layout,
            InstanceId instance,
            List<Path> parents,
            Set<String> enabled,
            List<String> swept,
            List<String> notes) {
        this.layout = layout;
        this.instance = instance;
        this.parents = List.copyOf(parents);
        this.enabled = Set.copyOf(enabled);
        this.swept = List.copyOf(swept);
        this.notes = List.copyOf(notes);
    }

    /** Sweeps, then makes the parents. What cannot be made is a layer that is unavailable, not a failure. */
    public static CgroupTree open(CgroupLayout found, InstanceId instance) {
        CgroupLayout layout = found.mustLeave() ? left(found) : found;
        List<String> swept = new ArrayList<>();
        List<String> notes = new ArrayList<>(layout.notes());
        List<Path> parents = new ArrayList<>();
        Set<String> enabled = new LinkedHashSet<>();
        places(layout).forEach(place -> sweep(layout.root(), place, swept));
        layout.v1().forEach((controller, mount) -> {
            Path parent = mount.resolve(instance.name());
            if (make(parent, notes)) {
                parents.add(parent);
                enabled.add(controller);
            }
        });
        layout.v2Place().map(place -> place.resolve(instance.name())).ifPresent(parent -> {
            if (layout.mode() == CgroupMode.V2) {
                enable(layout.v2Place().orElseThrow(), layout.v2Controllers(), notes);
            }
            if (make(parent, notes)) {
                parents.add(parent);
                if (layout.mode() == CgroupMode.V2) {
                    enabled.addAll(enable(parent, layout.v2Controllers(), notes));
                }
            }
        });
        return new CgroupTree(layout, instance, parents, enabled, swept, notes);
    }

    /** A tree that limits nothing and says why. */
    public static CgroupTree none(String reason) {
        CgroupLayout nothing = new CgroupLayout(
                Path.of("/"), Map.of(), Optional.empty(), Set.of(), Optional.empty(), false, List.of(reason));
        return new CgroupTree(nothing, new InstanceId(0, 0), List.of(), Set.of(), List.of(), List.of(reason));
    }

    /** Moves this process, and those that started it, out of the group that they alone are in. */
    private static CgroupLayout left(CgroupLayout layout) {
        Path group = layout.v2Place().orElseThrow();
        Path home = group.resolve(CgroupLayout.HOME);
        try {
            CgroupDirectory.make(home);
            for (long pid : CgroupDirectory.members(group)) {
                Files.writeString(home.resolve("cgroup.procs"), pid + "\n");
            }
            return layout;
        } catch (IOException e) {
            return layout.withoutV2("this process cannot leave " + group + " for " + home + ": " + e.getMessage());
        }
    }

    private static Set<Path> places(CgroupLayout layout) {
        Set<Path> places = new LinkedHashSet<>(layout.v1().values());
        layout.v2Place().ifPresent(places::add);
        return places;
    }

    private static void sweep(Path root, Path place, List<String> swept) {
        for (Path group : CgroupDirectory.children(place, InstanceId.PREFIX)) {
            Optional<InstanceId> owner = InstanceId.parse(group.getFileName().toString());
            if (owner.isPresent() && !owner.get().alive(root)) {
                CgroupDirectory.kill(group);
                swept.add(group + (CgroupDirectory.remove(group) ? " removed" : " is still busy"));
            }
        }
    }

    /**
     * Ends and removes whatever a dead instance left in its groups.
     *
     * @return true when nothing of it is left in any group
     */
    public static boolean bury(CgroupLayout layout, InstanceId dead) {
        boolean gone = true;
        for (Path place : places(layout)) {
            Path group = place.resolve(dead.name());
            if (Files.isDirectory(group)) {
                CgroupDirectory.kill(group);
                gone &= CgroupDirectory.remove(group);
            }
        }
        return gone;
    }

    private static boolean make(Path group, List<String> notes) {
        try {
            CgroupDirectory.make(group);
            return true;
        } catch (IOException e) {
            notes.add(group + " cannot be made: " + e.getMessage());
            return false;
        }
    }

    private static Set<String> enable(Path group, Set<String> available, List<String> notes) {
        Set<String> done = new LinkedHashSet<>();
        for (String controller : V2_CONTROLLERS) {
            if (available.contains(controller)) {
                try {
                    Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller + "\n");
                    done.add(controller);
                } catch (IOException e) {
                    notes.add(controller + " cannot be enabled in " + group + ": " + e.getMessage());
                }
            }
        }
        return done;
    }

    public CgroupMode mode() {
        return layout.mode();
    }

    /** What earlier instances had left and what became of it. */
    public List<String> swept() {
        return swept;
    }

    /**
     * The groups of one more slot, made now. Its number is free in the whole process, so that several backends may
     * live side by side.
     */
    public SlotGroup newSlot() {
        try {
            if (parents.isEmpty()) {
                return new NoSlotGroup(slotsMade.getAndIncrement());
            }
            reviveParents();
            int number = claim(parents.getFirst());
            String name = SLOT + number;
            if (layout.mode() == CgroupMode.V2) {
                Path slot = v2Parent().orElseThrow().resolve(name);
                enable(slot, enabled, new ArrayList<>());
                return new V2SlotGroup(slot, number);
            }
            return new V1SlotGroup(
                    v1Groups(name), v2Leaf(name), parents.getFirst().resolve(name), number);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "the control groups of a slot cannot be made",
                    String.valueOf(e.getMessage()),
                    "run `mayfly doctor` and see the cgroup lines",
                    e);
        }
    }

    /** Another tree of this process that closed while we had no slot has taken the empty parents with it. */
    private void reviveParents() throws IOException {
        for (Path parent : parents) {
            if (!Files.isDirectory(parent)) {
                CgroupDirectory.make(parent);
                if (layout.mode() == CgroupMode.V2) {
                    enable(parent, enabled, new ArrayList<>());
                }
            }
        }
    }

    /** Making a directory is atomic: whoever makes it owns the number. */
    private static int claim(Path parent) throws IOException {
        for (int number = 0; number < MOST_SLOTS; number++) {
            try {
                Files.createDirectory(parent.resolve(SLOT + number));
                return number;
            } catch (FileAlreadyExistsException e) {
                // Taken by another slot: try the next.
            }
        }
        throw new IOException("all " + MOST_SLOTS + " slots below " + parent + " are taken");
    }

    private Map<String, Path> v1Groups(String name) throws IOException {
        Map<String, Path> groups = new LinkedHashMap<>();
        for (Map.Entry<String, Path> entry : layout.v1().entrySet()) {
            Path parent = entry.getValue().resolve(instance.name());
            if (parents.contains(parent)) {
                groups.put(entry.getKey(), CgroupDirectory.make(parent.resolve(name)));
            }
        }
        return groups;
    }

    private Optional<Path> v2Leaf(String name) throws IOException {
        Optional<Path> parent = v2Parent();
        return parent.isPresent()
                ? Optional.of(CgroupDirectory.make(parent.get().resolve(name)))
                : Optional.empty();
    }

    private Optional<Path> v2Parent() {
        return layout.v2Place().map(place -> place.resolve(instance.name())).filter(parents::contains);
    }

    /** What of memory, pids and processor time is limited and counted for whole trees. */
    public List<LayerReport> layers() {
        return List.of(
                layer("cgroup-memory", "RLIMIT_AS", enabled.contains("memory")),
                layer("cgroup-pids", "RLIMIT_NPROC", enabled.contains("pids")),
                layer("cgroup-cpu", "RLIMIT_CPU", enabled.contains("cpuacct") || enabled.contains("cpu")));
    }

    /** Whether whole trees are limited by this controller, so that nothing need stand in for it. */
    public boolean limits(String controller) {
        return enabled.contains(controller);
    }

    /** Every backend sets the limit of setrlimit(2) where there is no group. */
    private LayerReport layer(String name, String standIn, boolean active) {
        String why = notes.isEmpty() ? "the kernel offers no such controller here" : String.join("; ", notes);
        String bound = standIn.equals("RLIMIT_NPROC") ? "user namespace" : "process";
        return active
                ? new LayerReport(name, true, LayerState.ACTIVE, "cgroup " + modeName())
                : new LayerReport(
                        name,
                        true,
                        LayerState.DEGRADED,
                        standIn + " per " + bound + " instead of a control group: " + why);
    }

    private String modeName() {
        return switch (layout.mode()) {
            case V1 -> "v1";
            case V2 -> "v2";
            case HYBRID -> "v1 limits, v2 kill";
            case NONE -> "none";
        };
    }

    /** Removes the parents unless slots of another tree of this process are still in them. */
    @Override
    public void close() {
        for (Path parent : parents) {
            if (CgroupDirectory.children(parent, SLOT).isEmpty()) {
                CgroupDirectory.remove(parent);
            }
        }
    }
}
