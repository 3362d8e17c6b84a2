package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The socket file of one running service.
 *
 * <p>Whoever holds the lock file beside it owns the name; the kernel drops that lock when the process dies, however it
 * dies. So a socket file found under our own lock is a dead one, and two services that start together cannot each take
 * the other's for dead. The connect before removing it is for a listener that knows nothing of our lock.
 */
final class SocketFile implements AutoCloseable {
    /** {@code sun_path} has 108 bytes on Linux and 104 on macOS, one of them for the final zero (unix(7)). */
    private static final int MAX_PATH_BYTES = 103;

    private static final int BACKLOG = 1024;

    private final Path path;
    private final FileChannel lockFile;
    private final ServerSocketChannel listener;

    private SocketFile(Path path, FileChannel lockFile, ServerSocketChannel listener) {
        this.path = path;
        this.lockFile = lockFile;
        this.listener = listener;
    }

    ServerSocketChannel listener() {
        return listener;
    }

    /** @throws MayflyException {@code SERVICE_RUNNING} when someone else listens, {@code STATE_UNAVAILABLE} otherwise */
    static SocketFile listen(Path path) {
        if (isTooLong(path)) {
            throw unusable(
                    path,
                    "its name has more than " + MAX_PATH_BYTES + " bytes, which is all the kernel takes",
                    "choose a shorter --home",
                    null);
        }
        FileChannel lockFile = null;
        ServerSocketChannel listener = null;
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory == null) {
                throw unusable(path, "it has no directory", "name a file in a directory", null);
            }
            checkPrivate(directory);
            lockFile = FileChannel.open(
                    path.resolveSibling(path.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            if (!isLocked(lockFile) || someoneListens(path)) {
                throw running(path);
            }
            Files.deleteIfExists(path);
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return new SocketFile(path, lockFile, listener);
        } catch (IOException e) {
            closeQuietly(listener);
            closeQuietly(lockFile);
            throw unusable(path, reason(e), "make its directory writable, or choose another --home", e);
        } catch (MayflyException e) {
            closeQuietly(lockFile);
            throw e;
        }
    }

    private static boolean isLocked(FileChannel lockFile) throws IOException {
        try {
            // Held until the channel is closed.
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static boolean someoneListens(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Only the owner may reach what is in the directory: the socket has no other protection. A directory that is there
     * already is never changed, because it may be one that others need, such as {@code /tmp}.
     */
    private static void checkPrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
        if (!permissions.endsWith("------")) {
            throw unusable(
                    directory, "others may enter the directory (" + permissions + ")", "chmod 700 " + directory, null);
        }
    }

    static boolean isTooLong(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES;
    }

    static String reason(IOException e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName();
        return message == null ? name : e.getClass() == IOException.class ? message : name + ": " + message;
    }

    static void closeQuietly(@Nullable Channel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing can be done about a descriptor that fails to close, and nothing depends on it.
            }
        }
    }

    private static MayflyException running(Path path) {
        return new MayflyException(
                ErrorCode.SERVICE_RUNNING,
                "a service already listens at " + path,
                "one service owns one --home",
                "use it, stop it, or choose another --home");
    }

    private static MayflyException unusable(Path path, String why, String fix, @Nullable Throwable cause) {
        return new MayflyException(ErrorCode.STATE_UNAVAILABLE, "cannot listen at " + path, why, fix, cause);
    }

    /** Stops listening; the name may be taken again once this returns. */
    @Override
    public void close() {
        closeQuietly(listener);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Left behind, it is a dead socket, which the next start removes.
        }
        closeQuietly(lockFile);
    }
}
