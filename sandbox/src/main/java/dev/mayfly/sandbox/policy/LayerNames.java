package dev.mayfly.sandbox.policy;

import java.util.List;
import java.util.stream.Stream;

/** The layers that {@code layers.required} can name; backends report their state under the same names. */
public final class LayerNames {
    /** What every kernel backend gives on a healthy machine. */
    public static final List<String> DEFAULT_REQUIRED = List.of(
            "pid-ns",
            "mount-ns",
            "net-ns",
            "ipc-ns",
            "uts-ns",
            "rootfs",
            "uid",
            "seccomp",
            "no-new-privs",
            "caps",
            "cgroup-memory",
            "cgroup-pids");

    /** Worth having, but not on every machine, or not with every backend. */
    static final List<String> OPTIONAL = List.of(
            "user-ns",
            "seccomp-notify",
            "landlock",
            "kill-cgroup",
            "kill-pidns",
            "cgroup-cpu",
            "net-mediation",
            "disk-cap",
            "denial-witness");

    private LayerNames() {}

    static List<String> all() {
        return Stream.concat(DEFAULT_REQUIRED.stream(), OPTIONAL.stream()).toList();
    }

    static boolean isKnown(String name) {
        return DEFAULT_REQUIRED.contains(name) || OPTIONAL.contains(name);
    }
}
