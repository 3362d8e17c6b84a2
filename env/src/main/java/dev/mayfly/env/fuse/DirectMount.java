package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts in the namespace of this process, which takes root or {@code CAP_SYS_ADMIN} in the user namespace of that mount
 * namespace. When this process ends, so does the view: nobody else has its descriptors.
 */
public final class DirectMount implements FuseMount {
    private static final String TYPE = "fuse.mayfly";

    private final Path point;
    private final AdoptedMount descriptors;
    private boolean mounted = true;

    private DirectMount(Path point, List<Integer> devices) {
        this.point = point;
        this.descriptors = new AdoptedMount(point, devices);
    }

    /**
     * Mounts, and makes as many descriptors as there will be threads.
     *
     * @throws MayflyException {@code FUSE_MISSING}, {@code FUSE_NOT_LOADED}, {@code FUSE_DENIED} or
     *     {@code MOUNT_POINT_MISSING} with how to get it, {@code VIEW_UNAVAILABLE} for everything else
     */
    public static DirectMount at(Path point, MountOptions options, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a view is served by at least one thread, not " + threads);
        }
        FuseSupport.probe(point).orThrow();
        List<Integer> devices = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            try {
                mount(point, options, threads, calls, arena, devices);
                return new DirectMount(point, devices);
            } catch (RuntimeException e) {
                devices.forEach(calls::close);
                throw e;
            }
        }
    }

    private static void mount(
            Path point, MountOptions options, int threads, Native calls, Arena arena, List<Integer> devices) {
        int first = device(calls, arena);
        devices.add(first);
        long flags = Native.MS_NOSUID | Native.MS_NODEV | (options.readOnly() ? Native.MS_RDONLY : 0);
        int uid = Libc.effectiveUserId();
        MemorySegment target = arena.allocateFrom(point.toString());
        int mounted = calls.mount(
                arena.allocateFrom(options.name()),
                target,
                arena.allocateFrom(TYPE),
                flags,
                arena.allocateFrom(options.data(first, uid, 0)));
        if (mounted < 0) {
            throw FuseSupport.refused(point, -mounted);
        }
        try {
            for (int i = 1; i < threads; i++) {
                devices.add(clone(calls, arena, first));
            }
        } catch (RuntimeException e) {
            calls.unmount(target, Native.MNT_DETACH);
            throw e;
        }
    }

    private static int device(Native calls, Arena arena) {
        int fd = calls.open(arena.allocateFrom(FuseSupport.DEVICE), Native.O_RDWR);
        if (fd < 0) {
            throw FuseSupport.closed(-fd);
        }
        return fd;
    }

    private static int clone(Native calls, Arena arena, int first) {
        int fd = device(calls, arena);
        MemorySegment word = arena.allocate(ValueLayout.JAVA_INT);
        word.set(ValueLayout.JAVA_INT, 0, first);
        int cloned = calls.ioctl(fd, FuseAbi.IOC_CLONE, word);
        if (cloned < 0) {
            calls.close(fd);
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "a view cannot be served by several threads",
                    "the kernel does not clone the connection (errno " + -cloned + ")",
                    "use Linux 4.2 or newer, or one thread");
        }
        return fd;
    }

    @Override
    public Path point() {
        return point;
    }

    @Override
    public List<Integer> devices() {
        return descriptors.devices();
    }

    /** Takes the mount away even when it is in use: who has files of it open keeps what is in memory, and else fails. */
    @Override
    public synchronized void close() {
        if (mounted) {
            mounted = false;
            try (Arena arena = Arena.ofConfined()) {
                new Native(arena).unmount(arena.allocateFrom(point.toString()), Native.MNT_DETACH);
            }
            descriptors.close();
        }
    }
}
