package dev.mayfly.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A folder that others write to while a test looks: what vanishes during the walk was not there, and fails nothing. */
public final class ChangingTree {
    private ChangingTree() {}

    /** All below, with the folder itself, to a depth; nothing when there is no such folder. */
    public static List<Path> paths(Path folder, int depth) throws IOException {
        List<Path> found = new ArrayList<>();
        walk(folder, depth, (path, attributes) -> found.add(path));
        return found;
    }

    /** The length of all regular files below, in bytes. */
    public static long bytes(Path folder) throws IOException {
        long[] sum = {0};
        walk(
                folder,
                Integer.MAX_VALUE,
                (path, attributes) -> sum[0] += attributes.isRegularFile() ? attributes.size() : 0);
        return sum[0];
    }

    private interface Seen {
        void path(Path path, BasicFileAttributes attributes);
    }

    private static void walk(Path folder, int depth, Seen seen) throws IOException {
        Files.walkFileTree(folder, Set.of(), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                seen.path(directory, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                seen.path(file, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e == null || e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }
}
