package dev.mayfly.env.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Changes of all kinds at random names, so few of them that they meet often. One that
 * is not possible does not count. */
final class RandomEdits {
    private static final String[] NAMES = {"a", "b", "c", "d", "é"};

    private final Random random;
    private int done;

    RandomEdits(Random random) {
        this.random = random;
    }

    int done() {
        return done;
    }

    void make(Path root, int count) throws IOException {
        int tries = 0;
        for (int made = 0; made < count && tries < count * 50; tries++) {
            try {
                one(root);
                made++;
                done++;
            } catch (IOException e) {
                // A name that is not there, is taken, or cannot be moved across an overlay: also an answer.
            }
        }
    }

    private Path place(Path root) {
        Path path = root;
        for (int depth = random.nextInt(1, 5); depth > 0; depth--) {
            path = path.resolve(NAMES[random.nextInt(NAMES.length)]);
        }
        return path;
    }

    private void one(Path root) throws IOException {
        Path path = place(root);
        switch (random.nextInt(13)) {
            case 0, 1 -> Files.writeString(path, "content " + random.nextInt(20), StandardOpenOption.CREATE_NEW);
            case 2 -> Files.writeString(path, "more", StandardOpenOption.APPEND);
            case 3, 4 -> Files.createDirectory(path);
            case 5 -> Files.createDirectories(path);
            case 6 -> Files.delete(path);
            case 7 -> removeAll(path);
            case 8 -> Files.move(path, place(root), StandardCopyOption.ATOMIC_MOVE);
            case 9 -> Files.createSymbolicLink(path, Path.of(NAMES[random.nextInt(NAMES.length)]));
            case 10 -> Files.createLink(path, place(root));
            case 11 -> mode(path);
            default -> replace(path);
        }
    }

    private void mode(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return;
        }
        Set<PosixFilePermission> permissions =
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE);
        for (PosixFilePermission each : PosixFilePermission.values()) {
            if (random.nextBoolean()) {
                permissions.add(each);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /** A folder by a file, anything else by a folder. */
    private void replace(Path path) throws IOException {
        boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        removeAll(path);
        if (folder) {
            Files.writeString(path, "was a folder");
        } else {
            Files.createDirectory(path);
        }
    }

    private static void removeAll(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> children = Files.list(path)) {
                for (Path child : (Iterable<Path>) children::iterator) {
                    removeAll(child);
                }
            }
        }
        Files.delete(path);
    }
}
