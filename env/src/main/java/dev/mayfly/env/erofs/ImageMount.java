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
            if (image.below().isPresent()) {
                cover(point, image.below().get());
            }
        } catch (MountFailure e) {
            throw failed(e);
        }
    }

    /**
     * Puts an overlay in place of the image that is mounted there: names and modes from the image, contents from a folder
     * that can be seen through redirects only (Documentation/filesystems/overlayfs.rst, "Data-only lower layers", since
     * 6.5; options for single layers since 6.7).
     */
    private static void cover(Path point, Path below) throws MountFailure {
        try (NewMount overlay = NewMount.of("overlay")) {
            try {
                overlay.set("source", "mayfly")
                        .set("lowerdir+", path(point))
                        .set("datadir+", path(below))
                        .set("metacopy", "on")
                        .set("redirect_dir", "follow")
                        .flag("ro")
                        .create(ATTRIBUTES);
            } finally {
                // The overlay holds the image by a mount of its own.
                NewMount.detach(point);
            }
            overlay.attach(point);
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
            case "ENOTBLK" -> "use Linux 6.12 or newer, and keep images on a disk, since tmpfs holds none; or FUSE";
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
