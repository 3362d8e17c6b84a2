package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whether a view can be mounted at a place through FUSE, or the first thing that is in the way. */
public sealed interface FuseSupport {
    /** Where the kernel is asked. */
    String DEVICE = "/dev/fuse";

    record Available() implements FuseSupport {}

    /** @param fix text that can be pasted into a shell */
    record Lacking(ErrorCode code, String what, String why, String fix) implements FuseSupport {
        MayflyException failure() {
            return new MayflyException(code, what, why, fix);
        }
    }

    /** @throws MayflyException what is lacking */
    default void orThrow() {
        if (this instanceof Lacking lacking) {
            throw lacking.failure();
        }
    }

    /** What is asked of the machine, so that tests can answer for one that is different. */
    interface Machine {
        boolean exists(String path);

        /** 0, or the errno with which the device does not open. */
        int openDevice();

        /** The text of {@code /proc/filesystems}. */
        String fileSystems();

        boolean isDirectory(Path path);
    }

    /** Asks this machine. */
    static FuseSupport probe(Path point) {
        return probe(point, new ThisMachine());
    }

    /** In the order of causes: what comes later cannot be known before what comes earlier is there. */
    static FuseSupport probe(Path point, Machine machine) {
        if (!machine.exists(DEVICE)) {
            return loaded(machine)
                    ? new Lacking(
                            ErrorCode.FUSE_MISSING,
                            "there is no " + DEVICE,
                            "the kernel has FUSE, but this container or chroot was not given the device",
                            "mknod -m 666 " + DEVICE + " c 10 229   # or start the container with --device " + DEVICE)
                    : new Lacking(
                            ErrorCode.FUSE_MISSING,
                            "there is no " + DEVICE,
                            "the kernel has no FUSE: neither built in nor as a loaded module",
                            "modprobe fuse   # on a kernel built with CONFIG_FUSE_FS");
        }
        int error = machine.openDevice();
        if (error != 0) {
            return denied(error) ? closedTo(error) : notLoaded("it cannot be opened (errno " + error + ")");
        }
        if (!loaded(machine)) {
            return notLoaded("/proc/filesystems does not list fuse");
        }
        if (!machine.isDirectory(point)) {
            return new Lacking(
                    ErrorCode.MOUNT_POINT_MISSING,
                    "nothing can be shown at " + point,
                    machine.exists(point.toString()) ? "it is no folder" : "it does not exist",
                    "mkdir -p " + point);
        }
        return new Available();
    }

    private static boolean loaded(Machine machine) {
        return machine.fileSystems().lines().anyMatch(line -> line.strip().endsWith("\tfuse") || line.equals("fuse"));
    }

    private static boolean denied(int error) {
        return error == ThisMachine.EPERM || error == ThisMachine.EACCES;
    }

    private static Lacking closedTo(int error) {
        return new Lacking(
                ErrorCode.FUSE_DENIED,
                "this user may not use " + DEVICE,
                "it cannot be opened (errno " + error + ")",
                "chmod 666 " + DEVICE + "   # as root; or run as root");
    }

    private static Lacking notLoaded(String why) {
        return new Lacking(
                ErrorCode.FUSE_NOT_LOADED, "FUSE is not ready", why, "modprobe fuse   # as root, and then try again");
    }

    /** For an open of the device that failed after all. */
    static MayflyException closed(int error) {
        return (denied(error) ? closedTo(error) : notLoaded("it cannot be opened (errno " + error + ")")).failure();
    }

    /** For a mount that failed although nothing was lacking. */
    static MayflyException refused(Path point, int error) {
        if (denied(error)) {
            return new MayflyException(
                    ErrorCode.FUSE_DENIED,
                    "this process may not mount at " + point,
                    "mount(2) says errno " + error,
                    "run as root, or let it mount in a namespace of its own");
        }
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                "a view cannot be mounted at " + point,
                "mount(2) says errno " + error,
                "run `mayfly doctor` to see what this machine allows");
    }

    /** The one this runs on. */
    final class ThisMachine implements Machine {
        private static final int EPERM = 1;
        private static final int EACCES = 13;

        @Override
        public boolean exists(String path) {
            return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public int openDevice() {
            try (Arena arena = Arena.ofConfined()) {
                Native calls = new Native(arena);
                int fd = calls.open(arena.allocateFrom(DEVICE), Native.O_RDWR);
                if (fd >= 0) {
                    calls.close(fd);
                }
                return Math.max(-fd, 0);
            }
        }

        @Override
        public String fileSystems() {
            try {
                return Files.readString(Path.of("/proc/filesystems"), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        }

        @Override
        public boolean isDirectory(Path path) {
            return Files.isDirectory(path);
        }
    }
}
