package dev.mayfly.env.repo.fs;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room that is taken while there is some, and given away piece by piece when nothing else is left: so that tags are pushed and
 * garbage is collected on a disk that others have filled to its last block. Who writes content never gets any of it. It is a file
 * that is only as long as what is left.
 */
public final class Reserve {
    /** Folders of the trash, leases, tags and files that replace others take some blocks each. */
    private static final int BYTES = 4 << 20;

    private static final int PIECE = 256 << 10;

    /** It is taken where so many times its size is free. */
    private static final int PLENTY = 16;

    private final Path file;

    Reserve(Path file) {
        this.file = file;
    }

    /** Something that may be done twice. */
    public interface Work<T> {
        T run() throws IOException;
    }

    /** Takes what is missing of it. Where that cannot be had it is not, which costs nothing as long as there is room. */
    public void take() throws IOException {
        long there = size();
        if (there >= BYTES
                || file.toFile().getAbsoluteFile().getParentFile().getUsableSpace() < (long) PLENTY * BYTES) {
            return;
        }
        CallResult opened = Libc.open(file.toString(), OpenFlag.RDWR | OpenFlag.CREAT, 0666);
        if (opened.ok()) {
            int descriptor = Math.toIntExact(opened.value());
            // Two who do so do the same. A file system that cannot do it, or has no room after all, has no reserve.
            CallResult _ = Libc.fallocate(descriptor, 0, BYTES);
            Libc.close(descriptor);
        }
    }

    private long size() throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Does something, and as often as the disk is full once more with a piece given away, until there is none. */
    public <T> T with(Work<T> work) throws IOException {
        while (true) {
            try {
                return work.run();
            } catch (IOException e) {
                if (!Disk.isFull(e) || !give()) {
                    throw e;
                }
            }
        }
    }

    /** @return whether there was any */
    private boolean give() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long there = channel.size();
            channel.truncate(Math.max(0, there - PIECE));
            // Some file systems give blocks back only when that is written down.
            channel.force(true);
            return there > 0;
        } catch (IOException e) {
            // There is none, or it is somebody else's.
            return false;
        }
    }
}
