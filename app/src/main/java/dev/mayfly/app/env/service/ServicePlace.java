package dev.mayfly.app.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The files of the service of environments in a home, all in its folder {@code run}:
 *
 * <ul>
 *   <li>{@code env.sock} where it answers gRPC
 *   <li>{@code env-enter.sock} where {@code mayfly-enter} asks it
 *   <li>{@code env.lock} locked by the one service for as long as it lives; its text is the number of its process
 *   <li>{@code env.starting} locked by who starts a service
 *   <li>{@code env.log} what it said
 * </ul>
 *
 * The kernel takes locks back when their process ends, however it ends. So a service that was killed leaves nothing but files
 * that the next one replaces.
 *
 * @param home absolute
 */
public record ServicePlace(Path home) {
    /** {@code sun_path} has 108 bytes on Linux, one of them for the final zero (unix(7)). */
    private static final int LONGEST_SOCKET = 103;

    private static final long WHOLE = 0;
    private static final int LOOKS = 250;
    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    public static ServicePlace of(Path home) {
        return new ServicePlace(home.toAbsolutePath());
    }

    public Path folder() {
        return home.resolve("run");
    }

    public Path socket() {
        return folder().resolve("env.sock");
    }

    public Path entrances() {
        return folder().resolve("env-enter.sock");
    }

    public Path log() {
        return folder().resolve("env.log");
    }

    private Path lock() {
        return folder().resolve("env.lock");
    }

    private Path starting() {
        return folder().resolve("env.starting");
    }

    /** Makes the folder; nobody else may enter it, because the sockets have no other protection. */
    void prepare() {
        if (entrances().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw unusable(
                    "the name of a socket in it has more than " + LONGEST_SOCKET
                            + " bytes, which is all the kernel takes",
                    "choose a shorter --home");
        }
        try {
            if (!Files.isDirectory(folder())) {
                Files.createDirectories(
                        folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder()));
            if (!permissions.endsWith("------")) {
                throw unusable("others may enter it (" + permissions + ")", "chmod 700 " + folder());
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** For who starts a service: waits until nobody else does. */
    OpenFileLock takeStart() {
        prepare();
        try {
            OpenFileLock lock = OpenFileLock.open(starting());
            lock.exclusive(WHOLE);
            return lock;
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * For who starts a service and does not wait for it.
     *
     * @param recent a start within this time is taken for one that goes on
     * @return false when somebody else starts one
     */
    boolean beginStart(Duration recent) {
        prepare();
        try (OpenFileLock lock = OpenFileLock.open(starting())) {
            if (!lock.tryExclusive(WHOLE)) {
                return false;
            }
            String text = Files.readString(starting()).strip();
            long now = System.currentTimeMillis();
            if (!text.isEmpty() && now - Long.parseLong(text) < recent.toMillis()) {
                return false;
            }
            Files.writeString(starting(), now + "\n");
            return true;
        } catch (IOException | NumberFormatException e) {
            return true; // at worst there are two, of which one ends at once
        }
    }

    /** For the service itself: that it is the one. Empty when there is one already. */
    Optional<OpenFileLock> takeService() {
        prepare();
        try {
            OpenFileLock lock = OpenFileLock.open(lock());
            if (!tryAlone(lock)) {
                lock.close();
                return Optional.empty();
            }
            Files.writeString(lock(), ProcessHandle.current().pid() + "\n");
            Files.writeString(starting(), "");
            return Optional.of(lock);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Who only looks holds the lock for a moment as well. */
    private static boolean tryAlone(OpenFileLock lock) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            if (lock.tryExclusive(WHOLE)) {
                return true;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return false;
    }

    /** Whether a service lives, answering or not. */
    public boolean isTaken() {
        try (OpenFileLock lock = OpenFileLock.existing(lock())) {
            return !lock.tryShared(WHOLE);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** The process of the service that lives or lived last, for people; empty when none ever did. */
    public Optional<String> process() {
        try {
            return Optional.of(Files.readString(lock()).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Removes what a dead service left, or one's own. */
    void clear() {
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(entrances());
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private MayflyException unusable(IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "the service of environments cannot use " + folder(),
                String.valueOf(e.getMessage()),
                "give yourself permission, or choose another --home",
                e);
    }

    private MayflyException unusable(String why, String fix) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE, "the service of environments cannot use " + folder(), why, fix);
    }
}
