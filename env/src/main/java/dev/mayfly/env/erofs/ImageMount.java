package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.MountFailure;
import dev.mayfly.platform.linux.NewMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Mounts one image with its devices. */
final class ImageMount {
    static final int ATTRIBUTES = NewMount.READ_ONLY | NewMount.NOSUID | NewMount.NODEV | NewMount.NOATIME;
    /** Of a value of fsconfig(2), without the NUL. */
    private static final int LONGEST_VALUE = 255;

    private ImageMount() {}

    static void attach(StoredImage image, Path point) {
        try (NewMount mount = create(image)) {
            mount.attach(point);
        } catch (MountFailure e) {
            throw failed(e);
        }
    }

    /** A mount that is nowhere yet. */
    static NewMount create(StoredImage image) throws MountFailure {
        NewMount mount = NewMount.of("erofs");
        try {
            mount.set("source", path(image.file()));
            for (Device device : image.devices()) {
                check(device);
                mount.set("device", path(device.file()));
            }
            return mount.flag("ro").create(ATTRIBUTES);
        } catch (MountFailure | RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    private static String path(Path file) {
        String path = file.toAbsolutePath().toString();
        if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "the environment cannot be mounted",
                    "the kernel takes paths of up to " + LONGEST_VALUE + " bytes here: " + path,
                    "keep the repository in a folder with a shorter path");
        }
        return path;
    }

    private static void check(Device device) {
        long size;
        try {
            size = Files.size(device.file());
        } catch (IOException e) {
            size = -1;
        }
        if (size < device.length()) {
            boolean torn = size <= device.length() - Format.BLOCK;
            throw new MayflyException(
                    torn ? ErrorCode.CONTENT_MISSING : ErrorCode.VIEW_UNAVAILABLE,
                    torn ? "contents of the environment are not there" : "contents cannot be mounted where they are",
                    device.file()
                            + (size < 0
                                    ? " cannot be read"
                                    : " has " + size + " bytes and should have " + device.length()
                                            + (torn ? "" : ", because the kernel reads whole blocks")),
                    torn
                            ? "pull the environment again from where it came from"
                            : "gather contents in packs, or let an overlay take them from their folder");
        }
    }

    static MayflyException failed(MountFailure e) {
        String fix = switch (e.errno().name()) {
            case "EPERM" -> "run as root, or with CAP_SYS_ADMIN outside of any user namespace";
            case "ENODEV" -> "modprobe erofs   # as root; or show the environment through FUSE";
            case "ENOTBLK" -> "use Linux 6.12 or newer, which mounts images from files, or FUSE";
            default -> "run `mayfly doctor` to see what this machine can do";
        };
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                "the environment cannot be mounted",
                String.valueOf(e.getMessage()),
                fix,
                e);
    }
}
