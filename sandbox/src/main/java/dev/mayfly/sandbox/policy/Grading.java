package dev.mayfly.sandbox.policy;

import java.util.List;

/** How evidence becomes a score, and a score a verdict. */
public record Grading(List<GradingRule> rules, Thresholds thresholds) {
    /** The scores of the replaced system, and what it could not see. */
    public static final List<GradingRule> DEFAULT_RULES = List.of(
            rule("unauthorised-net", EvidenceKind.NET_INTENT, 40),
            rule("net-asked", EvidenceKind.NET_ASKED, 40),
            rule("net-denied", EvidenceKind.NET_DENIED, 40),
            rule("ssh-read", EvidenceKind.SECRET_READ, 30),
            rule("wider-fs", EvidenceKind.FS_ASKED, 20),
            rule("fs-denied", EvidenceKind.FS_DENIED, 40),
            new GradingRule(
                    "kernel-attack",
                    EvidenceKind.SYSCALL_DENIED,
                    40,
                    List.of(
                            "ptrace",
                            "process_vm_*",
                            "bpf",
                            "perf_event_open",
                            "userfaultfd",
                            "mount*",
                            "umount*",
                            "pivot_root",
                            "chroot",
                            "unshare",
                            "setns",
                            "clone(*CLONE_NEW*",
                            "open_by_handle_at",
                            "*_module",
                            "kexec_*",
                            "keyctl",
                            "add_key",
                            "request_key",
                            "reboot",
                            "swap*",
                            "open_tree*",
                            "move_mount",
                            "fsopen",
                            "fsmount",
                            "fsconfig",
                            "iopl",
                            "ioperm",
                            "modify_ldt",
                            "acct",
                            "socket(AF_PACKET*",
                            "socket(AF_ALG*",
                            "socket(AF_VSOCK*",
                            "socket(*SOCK_RAW*",
                            "ioctl(TIOCSTI*",
                            "ioctl(TIOCLINUX*",
                            "syscall * of architecture *")),
            rule("syscall-denied", EvidenceKind.SYSCALL_DENIED, 5),
            rule("denied", EvidenceKind.OTHER_DENIED, 20),
            rule("wall-timeout", EvidenceKind.LIMIT_WALL, 80),
            rule("cpu-limit", EvidenceKind.LIMIT_CPU, 30),
            rule("memory-limit", EvidenceKind.LIMIT_MEMORY, 30),
            rule("pids-limit", EvidenceKind.LIMIT_PIDS, 30),
            rule("fuel-limit", EvidenceKind.LIMIT_FUEL, 30),
            rule("disk-limit", EvidenceKind.LIMIT_DISK, 10),
            rule("file-size-limit", EvidenceKind.LIMIT_FSIZE, 10),
            rule("open-files-limit", EvidenceKind.LIMIT_NOFILE, 10),
            rule("output-dropped", EvidenceKind.OUTPUT_DROPPED, 5));

    public Grading {
        rules = List.copyOf(rules);
    }

    private static GradingRule rule(String name, EvidenceKind when, int points) {
        return new GradingRule(name, when, points, List.of());
    }
}
