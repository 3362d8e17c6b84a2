package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.OutputGlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A folder of the host that becomes /workspace or /tmp of one run, for runs that bring files or want some back: what
 * bubblewrap mounts itself is gone with it. As root it is a tmpfs with the run's size cap; otherwise a plain folder
 * without a cap, and the layer says so. Only touched while no process of the job lives, so there is nothing to race with;
 * links are never followed all the same.
 */
final class BoxFolder implements AutoCloseable {
    private static final int MOST_FILES = 1000;
    private static final int MOST_ENTRIES = 100_000;
    private static final int DEPTH = 64;
    /** The name under which our mounts are found in mountinfo. */
    private static final String SOURCE = "mayfly-box";

    private static final long TOOL_SECONDS = 10;

    private final Path path;
    private final Optional<Path> umount;
    private final Optional<Long> owner;

    private BoxFolder(Path path, Optional<Path> umount, Optional<Long> owner) {
        this.path = path;
        this.umount = umount;
        this.owner = owner;
    }

    static BoxFolder make(Path path, BwrapTools tools, Optional<Long> owner, long bytes, String mode)
            throws InterruptedException {
        try {
            Files.createDirectory(path);
            BoxFolder folder = new BoxFolder(path, tools.umount().filter(u -> owner.isPresent()), owner);
            if (owner.isPresent() && tools.mount().isPresent()) {
                String options = "size=" + bytes + ",nr_inodes=" + Math.clamp(bytes / 4096, 256L, 1L << 20) + ",uid="
                        + owner.get() + ",gid=" + owner.get() + ",mode=" + mode + ",nosuid,nodev";
                tool(tools.mount().get().toString(), "-t", "tmpfs", "-o", options, SOURCE, path.toString());
            } else {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            return folder;
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "a private folder for a run cannot be made",
                    String.valueOf(e.getMessage()),
                    "run `mayfly doctor`",
                    e);
        }
    }

    /** Unmounts what instances that are dead had mounted; their folders are then swept like any other. */
    static void sweep(Path umount, Path mountInfo, Path root) throws InterruptedException {
        List<String> lines;
        try {
            lines = Files.readAllLines(mountInfo);
        } catch (IOException e) {
            return; // nothing to see, nothing to sweep
        }
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words.length < 6 || !line.contains(" - tmpfs " + SOURCE + " ")) {
                continue;
            }
            boolean dead = false;
            for (Path name : Path.of(words[4])) {
                int dash = name.toString().lastIndexOf('-');
                Optional<InstanceId> owner = dash < 0
                        ? Optional.empty()
                        : InstanceId.parse(name.toString().substring(0, dash));
                dead |= owner.isPresent() && !owner.get().alive(root);
            }
            if (dead) {
                try {
                    tool(umount.toString(), "-l", words[4]);
                } catch (IOException e) {
                    // Somebody else's namespace may hold it; the next start tries again.
                }
            }
        }
    }

    private static void tool(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command[0] + " failed: " + said.trim());
        }
    }

    Path path() {
        return path;
    }

    /** Writes a file of the request; the path is relative and has been checked by whoever read the request. */
    void put(String relative, byte[] content, boolean executable) throws IOException {
        Path file = path.resolve(relative).normalize();
        if (!file.startsWith(path) || file.equals(path)) {
            throw new IOException(relative + " leaves its folder");
        }
        List<Path> missing = new ArrayList<>();
        for (Path folder = file.getParent();
                folder != null && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
                folder = folder.getParent()) {
            missing.addFirst(folder);
        }
        for (Path folder : missing) {
            Files.createDirectory(folder);
            own(folder, "rwxr-xr-x");
        }
        Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        own(file, executable ? "rwxr-xr-x" : "rw-r--r--");
    }

    private void own(Path made, String mode) throws IOException {
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
        Files.setPosixFilePermissions(made, permissions);
        if (owner.isPresent()) {
            Files.setAttribute(made, "unix:uid", owner.get().intValue(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(made, "unix:gid", owner.get().intValue(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** What came back, and why something did not. */
    record Collected(List<CollectedFile> files, List<String> dropped) {
        static final Collected NOTHING = new Collected(List.of(), List.of());
    }

    Collected collect(List<String> globs, long budget) {
        List<OutputGlob> wanted = globs.stream().map(OutputGlob::of).toList();
        List<String> dropped = new ArrayList<>();
        TreeMap<String, BasicFileAttributes> found = new TreeMap<>();
        walk(wanted, found, dropped);
        List<CollectedFile> files = new ArrayList<>();
        long left = budget;
        for (var entry : found.entrySet()) {
            String name = entry.getKey();
            if (!entry.getValue().isRegularFile()) {
                dropped.add(name + ": not a regular file");
            } else if (files.size() >= MOST_FILES) {
                dropped.add(name + ": more than " + MOST_FILES + " files match");
            } else if (entry.getValue().size() > left) {
                dropped.add(name + ": too large (" + entry.getValue().size() + " bytes, " + left
                        + " left of the cap over all outputs)");
            } else {
                try {
                    byte[] content = read(path.resolve(name), left);
                    left -= content.length;
                    files.add(new CollectedFile(name, content));
                } catch (IOException e) {
                    dropped.add(name + ": cannot be read");
                }
            }
        }
        dropped.sort(Comparator.naturalOrder());
        return new Collected(files, dropped);
    }

    private static byte[] read(Path file, long most) throws IOException {
        try (SeekableByteChannel channel =
                        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                InputStream in = Channels.newInputStream(channel)) {
            return in.readNBytes((int) Math.min(most, Integer.MAX_VALUE - 8));
        }
    }

    private void walk(List<OutputGlob> wanted, Map<String, BasicFileAttributes> found, List<String> dropped) {
        int[] count = {0};
        try {
            Files.walkFileTree(
                    path, EnumSet.noneOf(java.nio.file.FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            String name = path.relativize(file).toString();
                            if (++count[0] > MOST_ENTRIES) {
                                dropped.add("/workspace: too many or too deep entries; the rest was not looked at");
                                return FileVisitResult.TERMINATE;
                            }
                            if (!attributes.isDirectory() && wanted.stream().anyMatch(glob -> glob.matches(name))) {
                                found.put(name, attributes);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            dropped.add("/workspace: cannot be listed: " + e.getMessage());
        }
    }

    /** Takes everything away, whatever the job has put there. */
    @Override
    public void close() {
        try {
            if (umount.isPresent()) {
                tool(umount.get().toString(), "-l", path.toString());
            } else {
                Trees.delete(path);
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "the folder of a finished run cannot be removed",
                    path + ": " + e.getMessage(),
                    "unmount and remove it by hand",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
