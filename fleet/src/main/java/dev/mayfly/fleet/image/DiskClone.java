package dev.mayfly.fleet.image;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.Syscalls;
import dev.mayfly.platform.macos.CloneFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A disk that was cloned.
 *
 * @param file the clone
 * @param way how
 * @param took how long
 */
public record DiskClone(Path file, Way way, Duration took) {
    /** Ways to clone, the best first. */
    public enum Way {
        /** The file system shares the blocks: XFS, btrfs (ioctl FICLONE), APFS (clonefile). */
        REFLINK("raw", ""),
        /** An overlay that only QEMU understands. */
        OVERLAY("qcow2", ""),
        /** All bytes that are not zero. */
        COPY(
                "raw",
                "the template was copied, because this file system cannot share blocks: put templates and runners on"
                        + " one XFS, btrfs or APFS");

        private final String format;
        private final String warning;

        Way(String format, String warning) {
            this.format = format;
            this.warning = warning;
        }

        /** As QEMU names it. */
        public String format() {
            return format;
        }

        /** Of the clone. */
        public String fileName() {
            return NAME + (this == OVERLAY ? ".qcow2" : ".img");
        }

        /** What a user should know, or nothing. */
        public String warning() {
            return warning;
        }
    }

    private static final String NAME = "Disk";
    private static final int PIECE = 1 << 20;

    public DiskClone {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(way, "way");
        Objects.requireNonNull(took, "took");
    }

    /**
     * The best way that works here.
     *
     * @param folder gets the clone
     * @param size in bytes at least, as the guest sees it
     * @param overlays whether whoever runs it understands them
     */
    public static DiskClone of(Path template, Path folder, long size, boolean overlays, Ticker ticker)
            throws IOException {
        long whole = Math.max(size, Files.size(template));
        long begun = ticker.nanos();
        Path raw = folder.resolve(Way.REFLINK.fileName());
        if (reflink(template, raw)) {
            lengthen(raw, whole);
            return new DiskClone(raw, Way.REFLINK, Duration.ofNanos(ticker.since(begun)));
        }
        Files.deleteIfExists(raw);
        if (overlays) {
            Path overlay = folder.resolve(Way.OVERLAY.fileName());
            Qcow2Overlay.create(overlay, template, "raw", whole);
            return new DiskClone(overlay, Way.OVERLAY, Duration.ofNanos(ticker.since(begun)));
        }
        copy(template, raw);
        lengthen(raw, whole);
        return new DiskClone(raw, Way.COPY, Duration.ofNanos(ticker.since(begun)));
    }

    /**
     * Of the disk of a machine that was saved, which is itself a clone and of which every byte must stay as it is.
     *
     * @param saved how that one was made
     * @param size in bytes, as the guest has seen it
     */
    public static DiskClone ofSaved(Path disk, Way saved, Path folder, long size, Ticker ticker) throws IOException {
        if (saved != Way.OVERLAY) {
            return of(disk, folder, size, true, ticker);
        }
        long begun = ticker.nanos();
        Path overlay = folder.resolve(Way.OVERLAY.fileName());
        Qcow2Overlay.create(overlay, disk, Way.OVERLAY.format(), size);
        return new DiskClone(overlay, Way.OVERLAY, Duration.ofNanos(ticker.since(begun)));
    }

    /** All that a file holds, under another name: shared blocks where that works, else bytes that are not zero. */
    public static void duplicate(Path from, Path to) throws IOException {
        if (!reflink(from, to)) {
            Files.deleteIfExists(to);
            copy(from, to);
        }
    }

    /** Tried and not looked up: names of file systems do not say whether two places are one file system. */
    private static boolean reflink(Path from, Path to) {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            return CloneFile.clone(from, to).equals(OptionalInt.of(0));
        }
        CallResult source = Libc.open(from.toString(), OpenFlag.RDONLY, 0);
        if (!source.ok()) {
            return false;
        }
        CallResult target =
                Libc.open(to.toString(), OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.CLOEXEC, 0600);
        try {
            return target.ok()
                    && Syscalls.reflink((int) target.value(), (int) source.value())
                            .ok();
        } finally {
            Libc.close((int) source.value());
            if (target.ok()) {
                Libc.close((int) target.value());
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        byte[] zeros = new byte[PIECE];
        try (var in = Files.newInputStream(from);
                FileChannel out = FileChannel.open(
                        to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            long at = 0;
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                if (!java.util.Arrays.equals(piece, 0, piece.length, zeros, 0, piece.length)) {
                    write(out, piece, at);
                }
                at += piece.length;
            }
        }
        lengthen(to, Files.size(from));
    }

    private static void write(FileChannel out, byte[] piece, long at) throws IOException {
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(piece);
        long place = at;
        while (bytes.hasRemaining()) {
            place += out.write(bytes, place);
        }
    }

    private static void lengthen(Path file, long size) throws IOException {
        try (var random = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            if (random.length() < size) {
                random.setLength(size);
            }
        }
    }
}
