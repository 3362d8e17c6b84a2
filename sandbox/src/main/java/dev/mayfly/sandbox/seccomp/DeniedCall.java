package dev.mayfly.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Names a denied call for people: where an argument was the reason, it is part of the name, as in
 * {@code socket(AF_PACKET)} or {@code clone(CLONE_NEWUSER)}.
 */
public final class DeniedCall {
    private static final Map<Integer, String> FAMILIES = Map.ofEntries(
            Map.entry(1, "AF_UNIX"),
            Map.entry(2, "AF_INET"),
            Map.entry(10, "AF_INET6"),
            Map.entry(15, "AF_KEY"),
            Map.entry(16, "AF_NETLINK"),
            Map.entry(17, "AF_PACKET"),
            Map.entry(21, "AF_RDS"),
            Map.entry(29, "AF_CAN"),
            Map.entry(30, "AF_TIPC"),
            Map.entry(31, "AF_BLUETOOTH"),
            Map.entry(38, "AF_ALG"),
            Map.entry(40, "AF_VSOCK"),
            Map.entry(43, "AF_SMC"),
            Map.entry(44, "AF_XDP"));
    private static final Map<Integer, String> TYPES =
            Map.of(1, "SOCK_STREAM", 2, "SOCK_DGRAM", 3, "SOCK_RAW", 5, "SOCK_SEQPACKET");
    private static final Map<Integer, String> IOCTLS =
            Map.of(Flag.TIOCSTI, "TIOCSTI", Flag.TIOCLINUX, "TIOCLINUX", Flag.TIOCSETD, "TIOCSETD");
    private static final Map<Integer, String> PRCTLS = Map.of(
            Flag.PR_SET_SECCOMP, "PR_SET_SECCOMP",
            Flag.PR_SET_MM, "PR_SET_MM",
            Flag.PR_SET_SYSCALL_USER_DISPATCH, "PR_SET_SYSCALL_USER_DISPATCH",
            Flag.PR_SCHED_CORE, "PR_SCHED_CORE");
    private static final Map<Integer, String> OPTIONS = Map.of(
            26,
            "SO_ATTACH_FILTER",
            50,
            "SO_ATTACH_BPF",
            51,
            "SO_ATTACH_REUSEPORT_CBPF",
            52,
            "SO_ATTACH_REUSEPORT_EBPF");
    /** In the order of their bits, so that a set of flags always reads the same. */
    private static final List<Map.Entry<Integer, String>> NAMESPACES = List.of(
            Map.entry(0x00020000, "CLONE_NEWNS"),
            Map.entry(0x02000000, "CLONE_NEWCGROUP"),
            Map.entry(0x04000000, "CLONE_NEWUTS"),
            Map.entry(0x08000000, "CLONE_NEWIPC"),
            Map.entry(0x10000000, "CLONE_NEWUSER"),
            Map.entry(0x20000000, "CLONE_NEWPID"),
            Map.entry(0x40000000, "CLONE_NEWNET"));

    private DeniedCall() {}

    /**
     * The subject of a violation.
     *
     * @param audit AUDIT_ARCH_* of the notification
     * @param number system call number of that architecture
     * @param a0 first argument, and so on
     */
    public static String subject(int audit, int number, long a0, long a1, long a2) {
        return Arch.ofAudit(audit)
                .map(arch -> subject(arch, number, (int) a0, (int) a1, (int) a2))
                .orElseGet(() -> "syscall " + Integer.toUnsignedString(number) + " of architecture 0x"
                        + Integer.toHexString(audit));
    }

    private static String subject(Arch arch, int number, int a0, int a1, int a2) {
        String name = SyscallName.of(arch, number);
        return switch (name) {
            case "socket" -> "socket(" + socket(a0, a1, a2) + ")";
            case "socketpair" -> "socketpair(" + word(FAMILIES, a0, false) + ")";
            case "ioctl" -> "ioctl(" + word(IOCTLS, a1, true) + ")";
            case "prctl" -> "prctl(" + word(PRCTLS, a0, false) + ")";
            case "personality" -> "personality(0x" + Integer.toHexString(a0) + ")";
            case "setsockopt" -> "setsockopt(" + word(OPTIONS, a2, false) + ")";
            case "clone", "unshare" -> name + "(" + cloneFlags(a0) + ")";
            case "mknod" -> "mknod(" + fileType(a1) + ")";
            case "mknodat" -> "mknodat(" + fileType(a2) + ")";
            case "mmap", "mprotect" -> name + "(PROT_EXEC)";
            default -> name;
        };
    }

    private static String socket(int family, int type, int protocol) {
        String text = word(FAMILIES, family, false);
        if (family == Flag.AF_NETLINK) {
            return text + ", " + protocol;
        }
        boolean familyAlone = family != Flag.AF_INET && family != Flag.AF_INET6 && family != Flag.AF_UNIX;
        return familyAlone ? text : text + ", " + word(TYPES, type & Flag.SOCK_TYPE, false) + ", " + protocol;
    }

    private static String cloneFlags(int flags) {
        List<String> found = new ArrayList<>();
        if ((flags & Flag.CLONE_THREAD) != 0) {
            found.add("CLONE_THREAD");
        }
        NAMESPACES.stream().filter(each -> (flags & each.getKey()) != 0).forEach(each -> found.add(each.getValue()));
        return found.isEmpty() ? "0x" + Integer.toHexString(flags) : String.join("|", found);
    }

    private static String fileType(int mode) {
        return switch (mode & Flag.S_IFMT) {
            case 0x2000 -> "character device";
            case 0x6000 -> "block device";
            default -> "0" + Integer.toOctalString(mode);
        };
    }

    private static String word(Map<Integer, String> names, int value, boolean hex) {
        String unnamed = hex ? "0x" + Integer.toHexString(value) : Integer.toUnsignedString(value);
        return names.getOrDefault(value, unnamed);
    }
}
