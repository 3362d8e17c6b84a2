package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.linux.FileLatch;
import dev.mayfly.platform.linux.NewMount;
import dev.mayfly.platform.linux.RawFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Mounts views, each once however many processes use it. The folder holds {@code images}, {@code mounts} (a mount point for
 * each key) and {@code locks}: whoever uses a mount shares its lock, whoever mounts or unmounts excludes others. Locks are
 * the kernel's and end with their process; there is no other state, so nothing is to be repaired after a crash.
 *
 * <p>Safe for concurrent use, also by several processes. Needs {@code CAP_SYS_ADMIN} in the first user namespace.
 */
public final class ErofsMounts {
    /** Another process may unmount between our turns; more often than this it will not. */
    private static final int TURNS = 100;

    /** Of views that were shown last, as many as people work with at once; each has some megabytes. */
    private static final int REMEMBERED = 4;

    /** Contents are looked for anew when they have moved before the mount, but not for ever. */
    private static final int LOOKS = 4;

    private final Path mounts;
    private final Path locks;
    private final Deque<Placement> lately = new ArrayDeque<>();
    private final ImageStore store;

    /** @throws MayflyException when the folder cannot be made */
    public ErofsMounts(Path folder) {
        this.mounts = folder.resolve("mounts");
        this.locks = folder.resolve("locks");
        this.store = new ImageStore(folder.resolve("images"));
        try {
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(folder.resolve("images"), owner);
            Files.createDirectories(locks, owner);
            Files.createDirectories(mounts, owner);
        } catch (IOException e) {
            throw unusable(folder, e);
        }
    }

    public ViewMount mounted(View view, Contents contents) {
        return mounted(view, contents, ErofsOptions.DEFAULT);
    }

    /**
     * Mounts a view, unless it is mounted already.
     *
     * @param contents in files, or in a folder of which an overlay takes them
     * @throws MayflyException {@code CONTENT_MISSING}, or {@code VIEW_UNAVAILABLE} with what the kernel said
     */
    public ViewMount mounted(View view, Contents contents, ErofsOptions options) {
        for (int look = 1; ; look++) {
            Placement placement = placed(view, contents, options);
            try {
                return mounted(placement.key(), () -> Optional.of(store.make(placement)))
                        .orElseThrow();
            } catch (MayflyException e) {
                // Packs become one with others at any moment. What is mounted keeps those that it has.
                if (look == LOOKS || placement.devices().stream().allMatch(each -> Files.exists(each.file()))) {
                    throw e;
                }
            }
        }
    }

    /**
     * Lays a view out as disks for a machine that mounts it itself: the image first, then the files that it takes contents
     * from, as {@code mount -t erofs -o ro,device=SECOND,device=THIRD FIRST} wants them. Mounts nothing.
     *
     * @param folder appears whole or not at all; there must be none yet
     */
    public List<Path> layOut(View view, Contents contents, Path folder) {
        return DiskFolder.write(store.make(placed(view, contents, ErofsOptions.DEFAULT)), folder);
    }

    /** What was found out about the view below this one is not looked for again. */
    private Placement placed(View view, Contents contents, ErofsOptions options) {
        Optional<Placement> below;
        synchronized (lately) {
            below = lately.stream().filter(each -> view.isOver(each.view())).findFirst();
        }
        Placement placement = new Placement(view, contents, options, below);
        synchronized (lately) {
            lately.removeIf(each -> each.view() == view);
            lately.addFirst(placement);
            if (lately.size() > REMEMBERED) {
                lately.removeLast();
            }
        }
        return placement;
    }

    /**
     * Mounts a view by the key of an earlier mount, without looking at view and contents.
     *
     * @return empty when there is no image of this key any more, or files that it takes contents from are gone
     */
    public Optional<ViewMount> again(Digest key) {
        return mounted(key, Optional::empty);
    }

    private Optional<ViewMount> mounted(Digest key, Supplier<Optional<StoredImage>> maker) {
        Path point = mounts.resolve(ImageStore.name(key));
        try {
            FileLatch latch = FileLatch.open(locks.resolve(ImageStore.name(key)));
            boolean kept = false;
            try {
                for (int turn = 0; turn < TURNS; turn++) {
                    latch.share();
                    if (isMounted(point)) {
                        kept = true;
                        return Optional.of(new ViewMount(key, point, latch));
                    }
                    latch.exclude();
                    if (!isMounted(point) && !mount(key, point, maker)) {
                        return Optional.empty();
                    }
                }
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "the environment is unmounted as soon as it is mounted",
                        "something else cleans up " + mounts,
                        "find out which process does so, and try again");
            } finally {
                if (!kept) {
                    latch.close();
                }
            }
        } catch (IOException e) {
            throw unusable(point, e);
        }
    }

    private boolean mount(Digest key, Path point, Supplier<Optional<StoredImage>> maker) throws IOException {
        Optional<StoredImage> image = store.find(key).filter(ErofsMounts::hasDevices);
        image = image.isPresent() ? image : maker.get();
        if (image.isEmpty()) {
            return false;
        }
        Files.createDirectories(point);
        ImageMount.attach(image.get(), point);
        return true;
    }

    /** The kernel takes a file that is too short without a word, and those who read it later pay for it. */
    private static boolean hasDevices(StoredImage image) {
        return image.below().map(Files::isDirectory).orElse(true)
                && image.devices().stream().allMatch(each -> {
                    try {
                        return Files.isRegularFile(each.file()) && Files.size(each.file()) >= each.length();
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private static boolean isMounted(Path point) throws IOException {
        if (!Files.isDirectory(point)) {
            return false;
        }
        try (RawFolder folder = RawFolder.open(point)) {
            return folder.status().mountRoot();
        }
    }

    /**
     * Unmounts what nobody uses. Images stay.
     *
     * @return how many were unmounted
     */
    public int unmountUnused() {
        int unmounted = 0;
        try (DirectoryStream<Path> points = Files.newDirectoryStream(mounts)) {
            for (Path point : points) {
                unmounted += unmount(point) ? 1 : 0;
            }
        } catch (IOException e) {
            throw unusable(mounts, e);
        }
        return unmounted;
    }

    /**
     * Unmounts one view when nobody uses it; its image stays.
     *
     * @return whether it is not mounted any more
     */
    public boolean unmountUnused(Digest key) {
        Path point = mounts.resolve(ImageStore.name(key));
        try {
            return !isMounted(point) || unmount(point);
        } catch (IOException e) {
            throw unusable(point, e);
        }
    }

    private boolean unmount(Path point) throws IOException {
        try (FileLatch latch = FileLatch.open(locks.resolve(String.valueOf(point.getFileName())))) {
            if (!latch.tryExclude()) {
                return false;
            }
            if (!isMounted(point)) {
                // Left by one that could not be mounted, or was unmounted by hand; taking it away needs no rights.
                Files.deleteIfExists(point);
                return false;
            }
            CallResult result = NewMount.unmount(point);
            if (result.failedWith(Errno.EBUSY)) {
                return false;
            }
            if (!result.ok() && !result.failedWith(Errno.EINVAL)) {
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "cannot unmount " + point,
                        result.errno().describe(),
                        "run as root: umount " + point);
            }
            try {
                Files.delete(point);
            } catch (NoSuchFileException e) {
                return result.ok();
            }
            return result.ok();
        }
    }

    private static MayflyException unusable(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "mounts of environments cannot be kept at " + path,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "look at its permissions, or choose another folder",
                e);
    }
}
