package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/** Files named by digests: the first two characters are a folder. */
public record HashFolder(Path root) {
    private static final int FAN_OUT = 2;

    /** As SPFS makes them, for repositories that several users share. */
    private static final String SHARED = "rwxrwxrwx";

    public Path path(Digest digest) {
        String text = digest.toString();
        return root.resolve(text.substring(0, FAN_OUT)).resolve(text.substring(FAN_OUT));
    }

    public boolean has(Digest digest) {
        return Files.exists(path(digest), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where it would be, with the folder made. */
    Path place(Digest digest) throws IOException {
        Path path = path(digest);
        Path folder = root.resolve(path.getName(path.getNameCount() - 2));
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(SHARED));
        }
        return path;
    }

    public void each(Consumer<Digest> found) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "[A-Z2-7][A-Z2-7]")) {
            for (Path folder : folders) {
                each(folder, found);
            }
        } catch (NoSuchFileException e) {
            // A store without its folder has nothing.
        }
    }

    private static void each(Path folder, Consumer<Digest> found) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Digest.parse(folder.getFileName() + String.valueOf(file.getFileName()))
                        .ifPresent(found);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Removed since it was listed, or not one of ours.
        }
    }
}
