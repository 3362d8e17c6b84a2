package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.render.Render;
import dev.mayfly.env.render.Strategy;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Environments as copies in folders, one for each stack, made when it is first shown. The time of its folder says when one
 * was used last; what no runtime shows and was not used for long can be removed.
 *
 * @param folder of all of them
 */
record Renders(Path folder) {
    /** @param view asked for when there is no copy yet */
    Path shown(List<Digest> parts, Supplier<View> view, Payloads payloads, Instant now) {
        Path copy = folder.resolve(Shown.name(parts));
        try {
            if (!Files.isDirectory(copy)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                make(copy, view.get(), payloads);
            }
            Files.setLastModifiedTime(copy, FileTime.from(now));
            return copy.toRealPath();
        } catch (IOException e) {
            throw unusable(copy, e);
        }
    }

    private void make(Path copy, View view, Payloads payloads) {
        try {
            // Not hard links: their files could not be changed in a runtime that can be edited.
            new Render(payloads, Strategy.COPY, folder.resolve("shared")).to(view, copy);
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.CONFLICT || !Files.isDirectory(copy)) {
                throw e;
            }
            // Another process was faster; it is whole when it has its name.
        }
    }

    /**
     * @param used those that runtimes show
     * @param before when the others must have been used last
     * @return how many were removed
     */
    int removeUnused(Set<Path> used, Instant before) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        int removed = 0;
        try (Stream<Path> copies = Files.list(folder.toRealPath())) {
            for (Path copy : (Iterable<Path>) copies::iterator) {
                if (!used.contains(copy)
                        && Files.getLastModifiedTime(copy).toInstant().isBefore(before)) {
                    Files.walkFileTree(copy, new Removal());
                    removed++;
                }
            }
        } catch (IOException e) {
            throw unusable(folder, e);
        }
        return removed;
    }

    /** Folders of an environment may forbid to change them. */
    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
        }
    }

    private static MayflyException unusable(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                path + " cannot be used",
                String.valueOf(e),
                "give yourself permission, or choose another --home",
                e);
    }
}
