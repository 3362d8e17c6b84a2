package dev.mayfly.platform.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Typed forms of the calls that ask the kernel what it can do, and of a few small actions. Stateless. */
public final class Syscalls {
    private static final int PIDFD_OPEN = 434;
    private static final int PIDFD_SEND_SIGNAL = 424;
    private static final int LANDLOCK_CREATE_RULESET = 444;
    private static final int LANDLOCK_CREATE_RULESET_VERSION = 1;
    private static final int SECCOMP_GET_ACTION_AVAIL = 2;
    private static final int SECCOMP_GET_NOTIF_SIZES = 3;
    private static final int PR_GET_SECCOMP = 21;
    /** _IOW(0x94, 9, int), include/uapi/linux/fs.h. */
    private static final long FICLONE = 0x40049409L;

    private Syscalls() {}

    /** The Landlock ABI version, or EOPNOTSUPP (disabled at boot), ENOSYS (not built in). */
    public static CallResult landlockAbi() {
        return Libc.syscall(LANDLOCK_CREATE_RULESET, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
    }

    /** Zero when the kernel knows this SECCOMP_RET_* action. */
    public static CallResult seccompActionAvailable(int action) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, action);
            return Libc.syscall(Machine.current().seccompNumber(), SECCOMP_GET_ACTION_AVAIL, 0, value.address());
        }
    }

    /** Size of struct seccomp_notif as the kernel has it, the proof that user notification can be used. */
    public static CallResult seccompNotificationSize() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocate(ValueLayout.JAVA_SHORT, 3);
            CallResult call =
                    Libc.syscall(Machine.current().seccompNumber(), SECCOMP_GET_NOTIF_SIZES, 0, sizes.address());
            return call.ok()
                    ? new CallResult(Short.toUnsignedInt(sizes.get(ValueLayout.JAVA_SHORT, 0)), Errno.NONE)
                    : call;
        }
    }

    /** 0 none, 2 a filter is in force on this process already; EINVAL when seccomp is not built in. */
    public static CallResult seccompMode() {
        return Libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
    }

    public static CallResult pidfdOpen(int pid) {
        return Libc.syscall(PIDFD_OPEN, pid, 0, 0);
    }

    public static CallResult pidfdSendSignal(int pidfd, int signal) {
        return Libc.syscall(PIDFD_SEND_SIGNAL, pidfd, signal, 0);
    }

    /** A small array map, made only to see whether this process may use bpf(2); the caller closes it. */
    public static CallResult bpfArrayMap() {
        try (Arena arena = Arena.ofConfined()) {
            // union bpf_attr of BPF_MAP_CREATE: type BPF_MAP_TYPE_ARRAY, key size, value size, entries.
            MemorySegment attributes = arena.allocate(128);
            attributes.set(ValueLayout.JAVA_INT, 0, 2);
            attributes.set(ValueLayout.JAVA_INT, 4, 4);
            attributes.set(ValueLayout.JAVA_INT, 8, 8);
            attributes.set(ValueLayout.JAVA_INT, 12, 1);
            return Libc.syscall(Machine.current().bpfNumber(), 0, attributes.address(), attributes.byteSize());
        }
    }

    /** Shares the extents of {@code source} with {@code target}; both are descriptors on one file system. */
    public static CallResult reflink(int target, int source) {
        return Libc.ioctl(target, FICLONE, source);
    }
}
