package dev.mayfly.env.erofs;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.platform.linux.MountFailure;
import dev.mayfly.platform.linux.NewMount;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Finds out whether views can be shown through EROFS here, by really doing it, where nobody else sees it. */
public final class ErofsProbe {
    public static final String NAME = "erofs";

    private ErofsProbe() {}

    /** @param scratch a folder for a moment's files, on the file system where images will be */
    public static Capability examine(Path scratch) {
        try {
            List<String> known = Files.readAllLines(Path.of("/proc/filesystems"));
            if (known.stream().noneMatch(each -> each.strip().equals("erofs"))) {
                // The kernel loads it by itself when it is asked to mount, so this alone proves nothing.
                return attempt(scratch, "erofs is not in /proc/filesystems; ");
            }
            return attempt(scratch, "");
        } catch (IOException e) {
            return unavailable("no /proc/filesystems: " + e.getMessage(), "use Linux; elsewhere FUSE");
        }
    }

    private static Capability attempt(Path scratch, String before) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Path folder = Files.createTempDirectory(scratch, "mayfly-erofs-probe-", owner);
        Path device = folder.resolve("device");
        try {
            Files.write(device, new byte[Format.BLOCK]);
            ImageStore store = new ImageStore(folder);
            StoredImage image = store.make(placement(device));
            try (NewMount _ = ImageMount.create(image)) {
                return new Capability(
                        NAME, CapabilityState.ACTIVE, "an image with a device, both files, was mounted", "");
            } catch (MountFailure e) {
                MayflyException told = ImageMount.failed(e);
                return unavailable(before + e.getMessage(), told.fix());
            } finally {
                Files.deleteIfExists(image.file());
            }
        } finally {
            Files.deleteIfExists(device);
            Files.deleteIfExists(folder);
        }
    }

    private static Placement placement(Path device) {
        ViewBuilder builder = new ViewBuilder();
        builder.root().file(RawName.of("one"), FileMode.REGULAR | 0444, Digest.of(new byte[1]), 1);
        Contents contents = new Contents() {
            @Override
            public Place place(Digest payload, long size) {
                return new Place.InFile(new FileRange(device, 0, 1));
            }

            @Override
            public byte[] bytes(Digest payload, long size) {
                return new byte[1];
            }
        };
        return new Placement(builder.build(), contents, ErofsOptions.DEFAULT);
    }

    private static Capability unavailable(String evidence, String fix) {
        return new Capability(NAME, CapabilityState.UNAVAILABLE, evidence, fix);
    }
}
