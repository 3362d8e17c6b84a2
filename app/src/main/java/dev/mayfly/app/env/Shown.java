package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.erofs.ErofsMounts;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Stacks of layers, mounted. Which image shows a stack is written down, so that a stack that was shown before is mounted
 * without reading its layers again; what was written down is only a hint, and looked at again by whoever mounts.
 */
final class Shown {
    private final ErofsMounts mounts;
    private final Path hints;

    /** @param folder for images, mount points and hints; all of it can be made again */
    Shown(Path folder) {
        this.mounts = new ErofsMounts(folder);
        this.hints = folder.resolve("stacks");
    }

    /**
     * @param parts whatever the view is a function of, in order
     * @param view asked for when the stack was not shown before
     */
    ViewMount show(List<Digest> parts, Supplier<View> view, Contents contents) {
        Path hint = hints.resolve(name(parts));
        Optional<ViewMount> again = read(hint).flatMap(mounts::again);
        if (again.isPresent()) {
            return again.get();
        }
        ViewMount mounted = mounts.mounted(view.get(), contents);
        try {
            Files.createDirectories(hints);
            DurableFile.replace(hint, mounted.key().toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            mounted.close();
            throw unusable(hint, e);
        }
        return mounted;
    }

    /** Like {@link #show}, for contents that will be elsewhere next time. */
    ViewMount unremembered(View view, Contents contents) {
        return mounts.mounted(view, contents);
    }

    /** As disks for a machine that mounts it itself. */
    List<Path> layOut(View view, Contents contents, Path folder) {
        return mounts.layOut(view, contents, folder);
    }

    private static Optional<Digest> read(Path hint) {
        try {
            return Digest.parse(Files.readString(hint, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(hint, e);
        }
    }

    static String name(List<Digest> parts) {
        ByteBuffer all = ByteBuffer.allocate(parts.size() * Digest.BYTES);
        parts.forEach(each -> each.put(all));
        return Digest.of(all.array()).toString().replace("=", "");
    }

    void unmountUnused(Digest image) {
        mounts.unmountUnused(image);
    }

    int unmountUnused() {
        return mounts.unmountUnused();
    }

    private static MayflyException unusable(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                path + " cannot be used",
                String.valueOf(e.getMessage()),
                "give yourself permission, or choose another --home",
                e);
    }
}
