package dev.mayfly.platform.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount in the making by fsopen(2), fsconfig(2), fsmount(2) and move_mount(2). Unlike mount(2) it takes each option by
 * itself, so there may be thousands of them, and the kernel says in words what it does not like. Until {@link #attach}
 * nobody else sees anything of it.
 */
public final class NewMount implements AutoCloseable {
    /** Attributes of fsmount(2). */
    public static final int READ_ONLY = 0x1;

    public static final int NOSUID = 0x2;
    public static final int NODEV = 0x4;
    public static final int NOEXEC = 0x8;
    public static final int NOATIME = 0x10;

    private static final int MOVE_MOUNT = 429;
    private static final int FSOPEN = 430;
    private static final int FSCONFIG = 431;
    private static final int FSMOUNT = 432;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int AT_FDCWD = -100;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int LINE = 4096;

    private final int context;
    private int mount = -1;

    private NewMount(int context) {
        this.context = context;
    }

    /** @param type as in /proc/filesystems */
    public static NewMount of(String type) throws MountFailure {
        try (Arena arena = Arena.ofConfined()) {
            CallResult opened = Libc.syscall(FSOPEN, arena.allocateFrom(type).address(), FSOPEN_CLOEXEC, 0);
            if (!opened.ok()) {
                throw new MountFailure("fsopen " + type, opened.errno(), "");
            }
            return new NewMount(Math.toIntExact(opened.value()));
        }
    }

    /** @param value at most 255 bytes, which is the kernel's limit */
    public NewMount set(String key, String value) throws MountFailure {
        try (Arena arena = Arena.ofConfined()) {
            configure(
                    FSCONFIG_SET_STRING,
                    arena.allocateFrom(key).address(),
                    arena.allocateFrom(value).address(),
                    key);
        }
        return this;
    }

    public NewMount flag(String key) throws MountFailure {
        try (Arena arena = Arena.ofConfined()) {
            configure(FSCONFIG_SET_FLAG, arena.allocateFrom(key).address(), 0, key);
        }
        return this;
    }

    /**
     * Makes the file system and a mount of it that is nowhere yet.
     *
     * @param attributes {@link #READ_ONLY} and the like
     */
    public NewMount create(int attributes) throws MountFailure {
        configure(FSCONFIG_CMD_CREATE, 0, 0, "create");
        CallResult made = Libc.syscall(FSMOUNT, context, FSMOUNT_CLOEXEC, attributes);
        if (!made.ok()) {
            throw new MountFailure("fsmount", made.errno(), messages());
        }
        mount = Math.toIntExact(made.value());
        return this;
    }

    public void attach(Path folder) throws MountFailure {
        try (Arena arena = Arena.ofConfined()) {
            CallResult moved = Libc.syscall(
                    MOVE_MOUNT,
                    mount,
                    arena.allocateFrom("").address(),
                    AT_FDCWD,
                    arena.allocateFrom(folder.toString()).address(),
                    MOVE_MOUNT_F_EMPTY_PATH,
                    0);
            if (!moved.ok()) {
                throw new MountFailure("move_mount to " + folder, moved.errno(), "");
            }
        }
    }

    /** Takes away what is mounted there last; EBUSY when somebody uses it, EINVAL when nothing is mounted. */
    public static CallResult unmount(Path folder) {
        return unmount(folder, UMOUNT_NOFOLLOW);
    }

    /** Takes it out of the tree at once; it ends when its last user does. */
    public static CallResult detach(Path folder) {
        return unmount(folder, UMOUNT_NOFOLLOW | MNT_DETACH);
    }

    private static CallResult unmount(Path folder, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return FileCall.UMOUNT2.call(arena.allocateFrom(folder.toString()).address(), flags, 0);
        }
    }

    private void configure(int command, long key, long value, String what) throws MountFailure {
        CallResult result = Libc.syscall(FSCONFIG, context, command, key, value, 0, 0);
        if (!result.ok()) {
            throw new MountFailure("fsconfig " + what, result.errno(), messages());
        }
    }

    /** One message a read, each with a letter for its gravity before it (fs/fs_context.c). */
    private String messages() {
        List<String> lines = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LINE);
            for (CallResult read = FileCall.READ.call(context, buffer.address(), LINE);
                    read.ok() && read.value() > 0;
                    read = FileCall.READ.call(context, buffer.address(), LINE)) {
                byte[] line = buffer.asSlice(0, read.value()).toArray(ValueLayout.JAVA_BYTE);
                lines.add(new String(line, StandardCharsets.UTF_8).strip());
            }
        }
        return String.join("; ", lines);
    }

    @Override
    public void close() {
        if (mount >= 0) {
            Libc.close(mount);
        }
        Libc.close(context);
    }
}
