package dev.mayfly.env.render;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.ErrnoException;
import dev.mayfly.platform.linux.RawFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Writes views to folders. */
public final class Render {
    private static final String TEMPORARY = ".mayfly-render-";
    private static final int WHILE_MAKING = 0700;
    private static final int WRITE = 0222;

    private final Payloads payloads;
    private final FileMaker files;
    private final Strategy strategy;
    private final Probe probe;

    /** Finds out which names the file system of an empty folder takes for one. */
    interface Probe {
        HostNames of(RawFolder folder) throws IOException;
    }

    /** @param shared folder for the files that hard links are names of, on the file system of the renders */
    public Render(Payloads payloads, Strategy strategy, Path shared) {
        this(payloads, strategy, shared, HostNames::probe);
    }

    Render(Payloads payloads, Strategy strategy, Path shared, Probe probe) {
        this.probe = probe;
        this.payloads = payloads;
        this.strategy = strategy;
        this.files = new FileMaker(payloads, strategy, shared);
    }

    /**
     * Makes the folder. It appears under its name when it is whole.
     *
     * @throws MayflyException when there is something already, a content is missing, or the disk refuses; nothing is left
     */
    public void to(View view, Path folder) {
        Path absolute = folder.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null || Files.exists(absolute, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new MayflyException(
                    ErrorCode.CONFLICT,
                    "cannot render to " + folder,
                    "there is something already",
                    "choose a folder that is not there yet, or remove it");
        }
        byte[] temporary = (TEMPORARY + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
        try (RawFolder in = RawFolder.open(parent)) {
            try {
                in.makeFolder(temporary, WHILE_MAKING);
                try (RawFolder root = in.folder(temporary)) {
                    probe.of(root).require(view);
                    fill(root, view, View.ROOT);
                }
                in.permissions(temporary, view.mode(View.ROOT) & FileMode.PERMISSIONS);
                in.renameNew(temporary, name(absolute));
            } catch (IOException | RuntimeException e) {
                RawTrees.removeQuietly(in, temporary, e);
                throw e;
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static byte[] name(Path absolute) {
        return String.valueOf(absolute.getFileName()).getBytes(StandardCharsets.UTF_8);
    }

    private void fill(RawFolder folder, View view, int directory) throws IOException {
        int first = view.firstChild(directory);
        for (int node = first; node < first + view.children(directory); node++) {
            byte[] name = view.name(node).bytes();
            if (view.isDirectory(node)) {
                folder.makeFolder(name, WHILE_MAKING);
                try (RawFolder below = folder.folder(name)) {
                    fill(below, view, node);
                }
                // After its files, because it may forbid to make any.
                folder.permissions(name, view.mode(node) & FileMode.PERMISSIONS);
            } else if (view.isSymlink(node)) {
                folder.symlink(target(view, node), name);
            } else if (view.isRegular(node)) {
                files.make(folder, name, view.object(node), view.size(node), permissions(view.mode(node)));
            } else {
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "cannot render " + view.path(node),
                        "it is neither a file nor a directory nor a link: mode "
                                + Integer.toOctalString(view.mode(node)),
                        "make the layer again without it");
            }
        }
    }

    private int permissions(int mode) {
        int all = mode & FileMode.PERMISSIONS;
        return strategy == Strategy.HARD_LINK ? all & ~WRITE : all;
    }

    private byte[] target(View view, int node) throws IOException {
        Payload payload = FileMaker.found(payloads, view.object(node));
        try (InputStream in = payload.open()) {
            return in.readAllBytes();
        }
    }

    private static MayflyException failed(Path folder, IOException e) {
        boolean full = e instanceof ErrnoException refused
                && (refused.errno().name().equals("ENOSPC")
                        || refused.errno().name().equals("EDQUOT"));
        return new MayflyException(
                full ? ErrorCode.NO_SPACE : ErrorCode.STATE_UNAVAILABLE,
                "cannot render to " + folder,
                String.valueOf(e.getMessage()),
                full
                        ? "make room, or choose another disk; nothing was left behind"
                        : "look at permissions and disk there",
                e);
    }
}
