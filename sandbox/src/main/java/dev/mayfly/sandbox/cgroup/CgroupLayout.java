package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where this machine keeps its control groups, read from mountinfo and the process's own cgroup file.
 *
 * @param root what {@code /} is for this view
 * @param v1 controller to the group below which ours are made: the root of its hierarchy, or what was prepared for us;
 *     co-mounted controllers share a path
 * @param v2 mount point of the v2 tree, if it has a place for us
 * @param v2Controllers what the v2 tree can enable at the place where our groups go
 * @param v2Place the group below which ours are made
 * @param mustLeave whether {@code v2Place} is the group we are in ourselves, delegated to us and ours alone: before it
 *     can have children with controllers we must move to a child of it
 * @param notes why something is missing, for people
 */
public record CgroupLayout(
        Path root,
        Map<String, Path> v1,
        Optional<Path> v2,
        Set<String> v2Controllers,
        Optional<Path> v2Place,
        boolean mustLeave,
        List<String> notes) {
    static final List<String> WANTED_V1 = List.of("memory", "pids", "cpu", "cpuacct", "blkio");

    /** The group that an administrator makes in a hierarchy and gives to the user we run as. */
    static final String PREPARED = "mayfly";

    /** The child of a delegated group that we move to. */
    static final String HOME = "mayfly-home";

    public CgroupLayout {
        v1 = Map.copyOf(v1);
        v2Controllers = Set.copyOf(v2Controllers);
        notes = List.copyOf(notes);
    }

    public CgroupMode mode() {
        boolean limitsV1 = v1.containsKey("memory") || v1.containsKey("pids");
        boolean limitsV2 = v2Controllers.contains("memory") || v2Controllers.contains("pids");
        if (limitsV1) {
            return v2Place.isPresent() ? CgroupMode.HYBRID : CgroupMode.V1;
        }
        // A v2 tree without controllers still kills, but on its own it limits nothing.
        return limitsV2 ? CgroupMode.V2 : CgroupMode.NONE;
    }

    /** The same without a place in the v2 tree. */
    CgroupLayout withoutV2(String why) {
        List<String> all = new ArrayList<>(notes);
        all.add(why);
        return new CgroupLayout(root, v1, Optional.empty(), Set.of(), Optional.empty(), false, all);
    }

    /** Reads the layout below {@code root}; whatever cannot be read or written is absent with a note. */
    public static CgroupLayout detect(Path root) {
        return new Reader(root).read();
    }

    /** A mount of a control group hierarchy, as mountinfo has it. */
    private record Mount(Path point, String type, Set<String> options) {}

    private static final class Reader {
        private final Path root;
        private final List<String> notes = new ArrayList<>();
        /** Whether a tree is there that could hold our groups and does not let us. */
        private boolean closed;

        Reader(Path root) {
            this.root = root;
        }

        CgroupLayout read() {
            Map<String, Path> v1 = new LinkedHashMap<>();
            Optional<Path> mount2 = Optional.empty();
            for (Mount mount : mounts()) {
                if (mount.type().equals("cgroup2")) {
                    mount2 = mount2.or(() -> Optional.of(mount.point()));
                    continue;
                }
                List<String> wanted = new ArrayList<>(WANTED_V1);
                wanted.retainAll(mount.options());
                Optional<Path> place = placeInV1(mount.point());
                place.ifPresent(group -> wanted.forEach(controller -> v1.putIfAbsent(controller, group)));
                closed |= place.isEmpty() && !wanted.isEmpty();
            }
            Optional<Place> place = mount2.flatMap(this::placeInV2);
            if (closed) { // where, doctor says; a result repeats this for every layer
                notes.add("this user may not make control groups");
            }
            Set<String> controllers = new LinkedHashSet<>();
            place.ifPresent(p -> controllers.addAll(words(p.group().resolve("cgroup.controllers"))));
            if (v1.isEmpty() && mount2.isEmpty() && notes.isEmpty()) {
                notes.add("no cgroup file system is mounted");
            }
            return new CgroupLayout(
                    root,
                    v1,
                    place.isPresent() ? mount2 : Optional.empty(),
                    controllers,
                    place.map(Place::group),
                    place.filter(Place::holdsUs).isPresent(),
                    notes);
        }

        private static Optional<Path> placeInV1(Path mount) {
            return Stream.of(mount, mount.resolve(PREPARED))
                    .filter(group -> Files.isDirectory(group) && Files.isWritable(group))
                    .findFirst();
        }

        /** A group of the v2 tree that we may use, perhaps after leaving it. */
        private record Place(Path group, boolean holdsUs) {}

        private List<Mount> mounts() {
            List<Mount> found = new ArrayList<>();
            List<String> lines;
            try {
                lines = Files.readAllLines(root.resolve("proc/self/mountinfo"));
            } catch (IOException e) {
                notes.add("/proc/self/mountinfo cannot be read: " + e.getMessage());
                return found;
            }
            for (String line : lines) {
                int dash = line.indexOf(" - ");
                String[] left = line.split(" ", -1);
                if (dash < 0 || left.length < 6) {
                    continue;
                }
                String[] right = line.substring(dash + 3).split(" ", -1);
                if (right[0].equals("cgroup") || right[0].equals("cgroup2")) {
                    Set<String> options = right.length > 2 ? Set.of(distinct(right[2])) : Set.of();
                    found.add(new Mount(root.resolve(unescape(left[4]).substring(1)), right[0], options));
                }
            }
            return found;
        }

        /**
         * Our groups go below our own group, which is what was delegated to us, unless that may not have children with
         * controllers: it holds processes and is not the root of the tree (the "no internal processes" rule,
         * cgroup-v2.rst). Then they go to the root of the mount, if that lets us; or, if all those processes are our
         * own, we leave it.
         */
        private Optional<Place> placeInV2(Path mount) {
            Path own = ownGroup(mount);
            for (Path group : List.of(own, mount)) {
                if (usable(group)) {
                    return Optional.of(new Place(group, false));
                }
            }
            if (!delegated(own)) {
                closed = true;
                return Optional.empty();
            }
            if (Lineage.of(root).holdsAll(CgroupDirectory.members(own))) {
                return Optional.of(new Place(own, true));
            }
            notes.add("the group of this process may not have children with controllers: it also holds processes that"
                    + " are not ours");
            return Optional.empty();
        }

        private static boolean delegated(Path group) {
            return Stream.of(group, group.resolve("cgroup.procs"), group.resolve("cgroup.subtree_control"))
                    .allMatch(Files::isWritable);
        }

        private boolean usable(Path group) {
            if (!Files.isWritable(group) || !Files.isWritable(group.resolve("cgroup.procs"))) {
                return false;
            }
            // Only groups below the root have cgroup.type; the root is exempt from the rule.
            boolean isRoot = !Files.exists(group.resolve("cgroup.type"));
            Set<String> wanted = new LinkedHashSet<>(List.of("memory", "pids"));
            wanted.retainAll(words(group.resolve("cgroup.controllers")));
            return isRoot || words(group.resolve("cgroup.subtree_control")).containsAll(wanted);
        }

        private Path ownGroup(Path mount) {
            try {
                for (String line : Files.readAllLines(root.resolve("proc/self/cgroup"))) {
                    if (line.startsWith("0::/")) {
                        // Who started us, or an earlier one of us, may have left the group already.
                        String below = line.substring("0::/".length()).replaceFirst("(^|/)" + HOME + "$", "");
                        Path own = mount.resolve(below).normalize();
                        return own.startsWith(mount) && Files.isDirectory(own) ? own : mount;
                    }
                }
            } catch (IOException e) {
                notes.add("/proc/self/cgroup cannot be read: " + e.getMessage());
            }
            return mount;
        }

        private static String[] distinct(String options) {
            return Arrays.stream(options.split(",")).distinct().toArray(String[]::new);
        }

        /** mountinfo writes space, tab, newline and backslash as three octal digits, proc(5). */
        private static String unescape(String path) {
            return path.replace("\\040", " ")
                    .replace("\\011", "\t")
                    .replace("\\012", "\n")
                    .replace("\\134", "\\");
        }

        private static Set<String> words(Path file) {
            try {
                Set<String> words = new LinkedHashSet<>(
                        Arrays.asList(Files.readString(file).trim().split("\\s+")));
                words.remove("");
                return words;
            } catch (IOException e) {
                return Set.of();
            }
        }
    }
}
