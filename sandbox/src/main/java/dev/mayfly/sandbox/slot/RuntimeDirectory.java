package dev.mayfly.sandbox.slot;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.cgroup.InstanceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory for sockets and logs that only this user may list, named after this life of the process; those of dead
 * instances are removed when a new one opens.
 *
 * @param swept names of directories that dead instances had left
 */
public record RuntimeDirectory(Path path, List<String> swept) implements AutoCloseable {
    /** unix(7): 108 bytes with the final NUL; file names in here are short. */
    private static final int LONGEST = 108 - 1 - "/s63-1234567890.sock".length();

    public RuntimeDirectory {
        swept = List.copyOf(swept);
    }

    /**
     * @param base made when missing; when its path is too long for sockets, the temporary directory is used instead
     */
    public static RuntimeDirectory open(Path base, InstanceId self) {
        return open(base, self, false);
    }

    /** One through which other users may pass to paths they know, for programs that run as such a user. */
    public static RuntimeDirectory openTraversable(Path base, InstanceId self) {
        return open(base, self, true);
    }

    private static RuntimeDirectory open(Path base, InstanceId self, boolean traversable) {
        try {
            Files.createDirectories(base, mode("rwx------"));
            List<String> swept = new ArrayList<>(sweep(base, Files.getOwner(base)));
            Path place = base.resolve(self.name() + "-0000000000000000000");
            boolean fits = place.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST;
            Path parent = base;
            if (!fits || (traversable && !passable(base.toRealPath()))) {
                parent = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
            }
            Path made = Files.createTempDirectory(parent, self.name() + "-", mode("rwx------"));
            if (!parent.equals(base)) {
                swept.addAll(sweep(parent, Files.getOwner(made)));
            }
            if (traversable) {
                Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
            }
            return new RuntimeDirectory(made, swept);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "the runtime directory " + base + " cannot be used",
                    String.valueOf(e.getMessage()),
                    "choose another --home, or make this one writable",
                    e);
        }
    }

    private static FileAttribute<?> mode(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    private static boolean passable(Path path) throws IOException {
        for (Path at = path; at != null; at = at.getParent()) {
            if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Only folders that are ours: in a shared place anybody may make one of that name, and change what is in it while we
     * walk and remove.
     */
    private static List<String> sweep(Path base, UserPrincipal ours) throws IOException {
        List<String> swept = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(base, "mayfly-*-*-*")) {
            for (Path entry : entries) {
                if (abandoned(entry) && isFolderOf(entry, ours)) {
                    remove(entry);
                    swept.add(entry.getFileName().toString());
                }
            }
        }
        return swept;
    }

    private static boolean isFolderOf(Path path, UserPrincipal ours) throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(ours);
    }

    private static boolean abandoned(Path path) {
        String name = path.getFileName().toString();
        Optional<InstanceId> owner = InstanceId.parse(name.substring(0, name.lastIndexOf('-')));
        return owner.isPresent() && !owner.get().alive(Path.of("/"));
    }

    private static void remove(Path tree) {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // Left for the next sweep.
        }
    }

    @Override
    public void close() {
        remove(path);
    }
}
