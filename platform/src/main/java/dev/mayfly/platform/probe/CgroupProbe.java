package dev.mayfly.platform.probe;

import dev.mayfly.platform.probe.HostFiles.MadeFolder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Control groups of both versions. A controller counts when a group can really be made where the sandbox would make one:
 * in containers the file systems are often there and read-only, and an ordinary user needs a group that was given to it.
 */
final class CgroupProbe implements Probe {
    private static final List<String> CONTROLLERS = List.of("memory", "pids", "cpu");
    /** The group that an administrator may prepare for a user in each v1 hierarchy; the sandbox looks for it too. */
    private static final String PREPARED = "/mayfly";

    private static final String STANDS_IN = "; RLIMIT_* per process stands in";
    private static final String DELEGATE = "systemd-run --user --scope -p Delegate=yes ./mayfly up   # or run as root";
    private static final String WRITABLE = "start the container with a writable /sys/fs/cgroup: --privileged, or"
            + " --cgroupns=private -v /sys/fs/cgroup:/sys/fs/cgroup:rw";
    private static final String MOUNT_V2 =
            "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified";

    @Override
    public List<String> names() {
        return List.of("cgroup", "cgroup-memory", "cgroup-pids", "cgroup-cpu", "cgroup-kill");
    }

    /**
     * Where groups can be looked for.
     *
     * @param v1 root of the hierarchy by controller
     * @param v2 place of this process in the unified hierarchy
     */
    private record Layout(Map<String, String> v1, Optional<String> v2) {
        String mode() {
            boolean limits = CONTROLLERS.stream().anyMatch(v1::containsKey);
            if (v2.isPresent()) {
                return limits ? "hybrid" : "v2";
            }
            return limits ? "v1" : "none";
        }
    }

    @Override
    public List<Capability> examine(Host host) {
        Layout layout = layout(host.files());
        List<Capability> found = new ArrayList<>();
        found.add(mode(layout));
        CONTROLLERS.forEach(controller -> found.add(controller(host, layout, controller)));
        found.add(kill(host, layout));
        return found;
    }

    private static Capability mode(Layout layout) {
        String v1 = layout.v1().isEmpty()
                ? ""
                : "v1 controllers " + String.join(", ", layout.v1().keySet());
        String v2 = layout.v2().map(place -> "v2 at " + place).orElse("");
        String both = v1.isEmpty() || v2.isEmpty() ? v1 + v2 : v1 + "; " + v2;
        return layout.mode().equals("none")
                ? Capability.unavailable("cgroup", "no cgroup file system with limits is mounted", MOUNT_V2)
                : Capability.active("cgroup", layout.mode() + ": " + both);
    }

    private static Capability controller(Host host, Layout layout, String controller) {
        String name = "cgroup-" + controller;
        String v1 = layout.v1().get(controller);
        if (v1 != null) {
            return inV1(host, v1, name);
        }
        if (layout.v2().isEmpty()) {
            return Capability.unavailable(name, "no hierarchy has this controller", MOUNT_V2);
        }
        String place = layout.v2().get();
        String controllers = host.files().read(place + "/cgroup.controllers").orElse("");
        if (!Arrays.asList(controllers.split(" ", -1)).contains(controller)) {
            return Capability.unavailable(
                    name,
                    "v2: " + place + " has only " + (controllers.isEmpty() ? "no controllers" : controllers),
                    "echo +" + controller + " > /sys/fs/cgroup/cgroup.subtree_control   # as root, or: " + DELEGATE);
        }
        MadeFolder made = host.files().tryFolder(place, "cgroup.procs");
        if (!made.made()) {
            String why = "v2: no group can be made in " + place + ": " + made.why() + STANDS_IN;
            return Capability.unavailable(name, why, fixV2(host, made));
        }
        return host.files().writable(place + "/cgroup.subtree_control")
                ? Capability.active(name, "v2: a group can be made in " + place)
                : Capability.unavailable(
                        name, "v2: " + place + "/cgroup.subtree_control is not writable", fixV2(host, made));
    }

    private static Capability inV1(Host host, String mount, String name) {
        MadeFolder atRoot = host.files().tryFolder(mount, "cgroup.procs");
        String prepared = mount + PREPARED;
        boolean lent = !atRoot.made()
                && host.files().tryFolder(prepared, "cgroup.procs").made();
        if (atRoot.made() || lent) {
            return Capability.active(name, "v1: a group can be made in " + (lent ? prepared : mount));
        }
        return Capability.unavailable(
                name,
                "v1: no group can be made in " + mount + ": " + atRoot.why() + STANDS_IN,
                atRoot.readOnly()
                        ? WRITABLE
                        : "sudo install -d -o \"$(id -un)\" " + prepared + "   # once after each boot; or run as root");
    }

    /** A group for this shell and what it starts; {@code $$} is the shell that the command is pasted into. */
    private static String fixV2(Host host, MadeFolder made) {
        if (made.readOnly()) {
            return WRITABLE;
        }
        if (host.files().exists("/run/systemd/system")) {
            return DELEGATE;
        }
        String mount = host.files().exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
        return "sudo sh -c 'cd " + mount + " && echo +memory +pids +cpu > cgroup.subtree_control; mkdir -p mayfly &&"
                + " chown '\"$(id -u)\"' mayfly mayfly/cgroup.procs mayfly/cgroup.subtree_control && echo '$$' >"
                + " mayfly/cgroup.procs'   # for this shell; or run as root";
    }

    private static Capability kill(Host host, Layout layout) {
        String name = "cgroup-kill";
        String otherwise = "; trees are killed by their pid namespace alone";
        if (layout.v2().isEmpty()) {
            return Capability.degraded(name, "no v2 hierarchy is mounted" + otherwise, MOUNT_V2);
        }
        String place = layout.v2().get();
        MadeFolder made = host.files().tryFolder(place, "cgroup.kill");
        if (made.made() && made.holdsFile()) {
            return Capability.active(name, "groups in " + place + " have cgroup.kill");
        }
        return made.made()
                ? Capability.degraded(
                        name, "groups have no cgroup.kill" + otherwise, "upgrade the kernel to 5.14 or newer")
                : Capability.degraded(
                        name, "no group can be made in " + place + ": " + made.why() + otherwise, fixV2(host, made));
    }

    private static Layout layout(HostFiles files) {
        Map<String, String> v1 = new LinkedHashMap<>();
        Optional<String> v2 = Optional.empty();
        for (String line : files.lines("/proc/self/mounts")) {
            // device, place, type, options, as in fstab(5)
            String[] fields = line.split(" ", -1);
            if (fields.length >= 4 && fields[2].equals("cgroup2") && v2.isEmpty()) {
                v2 = Optional.of(place(files, fields[1], ownGroup(files)));
            } else if (fields.length >= 4 && fields[2].equals("cgroup")) {
                for (String controller : CONTROLLERS) {
                    if (Arrays.asList(fields[3].split(",", -1)).contains(controller)) {
                        v1.putIfAbsent(controller, fields[1]);
                    }
                }
            }
        }
        return new Layout(v1, v2);
    }

    /** Path of this process in the unified hierarchy; an earlier one of us may have moved it to a leaf of its group. */
    private static String ownGroup(HostFiles files) {
        return files.lines("/proc/self/cgroup").stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::".length()).replaceFirst("/mayfly-home$", ""))
                .map(path -> path.isEmpty() ? "/" : path)
                .findFirst()
                .orElse("/");
    }

    /** In a container the path may name a place of the host that is not to be seen: then the mount itself. */
    private static String place(HostFiles files, String mount, String path) {
        String place = path.equals("/") ? mount : mount + path;
        return files.exists(place) ? place : mount;
    }
}
