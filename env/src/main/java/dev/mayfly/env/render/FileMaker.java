package dev.mayfly.env.render;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.linux.ErrnoException;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.RawFolder;
import dev.mayfly.platform.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** Makes single files of a render. */
final class FileMaker {
    private static final int NEW = OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL;
    private static final int WHILE_MAKING = 0600;

    private final Payloads payloads;
    private final Strategy strategy;
    private final Path shared;

    FileMaker(Payloads payloads, Strategy strategy, Path shared) {
        this.payloads = payloads;
        this.strategy = strategy;
        this.shared = shared;
    }

    void make(RawFolder folder, byte[] name, Digest payload, long size, int permissions) throws IOException {
        if (strategy == Strategy.HARD_LINK && size > 0 && link(folder, name, payload, size, permissions)) {
            return;
        }
        write(folder, name, payload, size, permissions);
    }

    /** @return false when the file has as many names as the file system allows */
    private boolean link(RawFolder folder, byte[] name, Digest payload, long size, int permissions) throws IOException {
        // By mode, because a file has one mode however many names it has.
        String proxy = payload.toString().replace("=", "") + "." + Integer.toOctalString(permissions);
        Path there = shared.resolve(proxy);
        try {
            folder.link(there, name);
            return true;
        } catch (ErrnoException e) {
            if (e.errno().name().equals("EMLINK")) {
                return false;
            }
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
        Files.createDirectories(shared);
        try (RawFolder proxies = RawFolder.open(shared)) {
            byte[] temporary = ("." + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
            try {
                write(proxies, temporary, payload, size, permissions);
                proxies.rename(temporary, proxy.getBytes(StandardCharsets.UTF_8));
            } catch (IOException | RuntimeException e) {
                removeQuietly(proxies, temporary, e);
                throw e;
            }
        }
        folder.link(there, name);
        return true;
    }

    private void write(RawFolder folder, byte[] name, Digest digest, long size, int permissions) throws IOException {
        int file = folder.file(name, NEW, WHILE_MAKING);
        try {
            if (size > 0) {
                Payload payload = found(payloads, digest);
                if (payload.size() != size) {
                    throw new MayflyException(
                            ErrorCode.CONTENT_CORRUPT,
                            "the payload " + digest + " is not what its entry says",
                            "it should have " + size + " bytes and has " + payload.size(),
                            "check the repository");
                }
                fill(file, payload);
            }
        } finally {
            Libc.close(file);
        }
        folder.permissions(name, permissions);
    }

    private void fill(int file, Payload payload) throws IOException {
        Optional<FileRange> range = payload.range();
        if (range.isPresent()) {
            CallResult opened = Libc.open(range.get().file().toString(), OpenFlag.RDONLY, 0);
            if (opened.failedWith(Errno.ENOENT)) {
                // Packs become one with others at any moment; it is looked for anew below.
                copy(payload, file);
                return;
            }
            int from = opened.orThrow(
                    ErrorCode.CONTENT_MISSING, "open " + range.get().file(), "check the repository");
            try {
                boolean whole = range.get().offset() == 0
                        && Files.size(range.get().file()) == range.get().length();
                if (strategy == Strategy.REFLINK && whole) {
                    reflink(file, from);
                    return;
                }
                if (copied(file, from, range.get())) {
                    return;
                }
            } finally {
                Libc.close(from);
            }
        }
        copy(payload, file);
    }

    private static void copy(Payload payload, int file) throws IOException {
        try (InputStream in = payload.open()) {
            RawFolder.write(file, in);
        }
    }

    private static void reflink(int file, int from) {
        CallResult shared = Syscalls.reflink(file, from);
        if (!shared.ok()) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "files cannot share blocks with the repository here",
                    shared.errno().describe(),
                    "render with copies, or to the file system of the repository, if that is XFS or Btrfs");
        }
    }

    /** @return false when this kernel does not copy between these files; nothing has been written then */
    private static boolean copied(int file, int from, FileRange range) throws IOException {
        for (long done = 0; done < range.length(); ) {
            int more;
            try {
                more = RawFolder.copy(from, range.offset() + done, file, range.length() - done);
            } catch (ErrnoException e) {
                if (done == 0
                        && (e.errno().equals(Errno.EXDEV)
                                || e.errno().equals(Errno.ENOSYS)
                                || e.errno().equals(Errno.EOPNOTSUPP)
                                || e.errno().equals(Errno.EINVAL))) {
                    return false;
                }
                throw e;
            }
            if (more == 0) {
                throw new MayflyException(
                        ErrorCode.CONTENT_CORRUPT,
                        range.file() + " ends too early",
                        "it should have " + range.length() + " bytes from " + range.offset() + " on",
                        "check the repository");
            }
            done += more;
        }
        return true;
    }

    static Payload found(Payloads payloads, Digest digest) {
        return payloads.find(digest)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "the payload " + digest + " is not there",
                        "a file of the environment has it as its content",
                        "pull the environment again from where it came from"));
    }

    private static void removeQuietly(RawFolder folder, byte[] name, Exception why) {
        try {
            folder.remove(name);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
