package dev.mayfly.platform.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An open directory whose entries are named by bytes, because {@link Path} loses names that are not in the JVM's encoding.
 * Every call is relative to the descriptor and follows no link, so nobody who moves directories about can lead it
 * elsewhere. Refusals are {@link ErrnoException}s.
 */
public final class RawFolder implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int RENAME_NOREPLACE = 1;
    private static final int STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final int STATX_SIZE = 256;
    private static final int LONGEST_LINK = 4096;
    private static final int PIECE = 1 << 16;

    private final int descriptor;

    private RawFolder(int descriptor) {
        this.descriptor = descriptor;
    }

    public static RawFolder open(Path folder) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(folder.toString());
            int flags = OpenFlag.RDONLY | OpenFlag.CLOEXEC | Machine.current().directoryFlag();
            return new RawFolder(value(FileCall.OPENAT.call(AT_FDCWD, path.address(), flags), "open " + folder));
        }
    }

    public RawFolder folder(byte[] name) throws IOException {
        int flags = Machine.current().directoryFlag() | Machine.current().noFollowFlag();
        return new RawFolder(file(name, flags, 0));
    }

    public void makeFolder(byte[] name, int permissions) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            value(FileCall.MKDIRAT.call(descriptor, text(arena, name), permissions), "mkdir", name);
        }
    }

    /** @return a descriptor, which the caller closes; {@code O_CLOEXEC} is added */
    public int file(byte[] name, int flags, int permissions) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return value(
                    FileCall.OPENAT.call(descriptor, text(arena, name), flags | OpenFlag.CLOEXEC, permissions, 0, 0),
                    "open",
                    name);
        }
    }

    /** One more name for an existing file. */
    public void link(Path existing, byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(existing.toString());
            value(FileCall.LINKAT.call(AT_FDCWD, from.address(), descriptor, text(arena, name), 0, 0), "link", name);
        }
    }

    /** A name for a file that is open, also for one that was made with {@code O_TMPFILE}. */
    public void link(int open, byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom("/proc/self/fd/" + open);
            value(
                    FileCall.LINKAT.call(AT_FDCWD, from.address(), descriptor, text(arena, name), AT_SYMLINK_FOLLOW, 0),
                    "link",
                    name);
        }
    }

    public void symlink(byte[] target, byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            value(FileCall.SYMLINKAT.call(text(arena, target), descriptor, text(arena, name)), "symlink", name);
        }
    }

    public byte[] target(byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LONGEST_LINK);
            int length = value(
                    FileCall.READLINKAT.call(descriptor, text(arena, name), buffer.address(), LONGEST_LINK, 0, 0),
                    "readlink",
                    name);
            return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Of an entry, not of what a link leads to. */
    public RawStatus status(byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_SIZE, 8);
            value(
                    FileCall.STATX.call(
                            descriptor, text(arena, name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer.address(), 0),
                    "statx",
                    name);
            return status(buffer);
        }
    }

    /** Of the folder itself. */
    public RawStatus status() throws IOException {
        return status(descriptor);
    }

    /** Of what a descriptor stands for. */
    public static RawStatus status(int open) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_SIZE, 8);
            value(
                    FileCall.STATX.call(
                            open,
                            arena.allocateFrom("").address(),
                            AT_EMPTY_PATH,
                            STATX_BASIC_STATS,
                            buffer.address(),
                            0),
                    "statx");
            return status(buffer);
        }
    }

    /** struct statx of include/uapi/linux/stat.h. */
    private static RawStatus status(MemorySegment statx) {
        return new RawStatus(
                Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28)),
                Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 16)),
                Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 20)),
                Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 24)),
                statx.get(ValueLayout.JAVA_LONG, 32),
                statx.get(ValueLayout.JAVA_LONG, 40),
                statx.get(ValueLayout.JAVA_LONG, 112),
                (statx.get(ValueLayout.JAVA_LONG, 8) & STATX_ATTR_MOUNT_ROOT) != 0);
    }

    /** For directories and files; a link has no permissions of its own. */
    public void permissions(byte[] name, int permissions) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            value(FileCall.FCHMODAT.call(descriptor, text(arena, name), permissions), "chmod", name);
        }
    }

    public void remove(byte[] name) throws IOException {
        unlink(name, 0);
    }

    public void removeFolder(byte[] name) throws IOException {
        unlink(name, AT_REMOVEDIR);
    }

    private void unlink(byte[] name, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            value(FileCall.UNLINKAT.call(descriptor, text(arena, name), flags), "remove", name);
        }
    }

    /** In place of what may be there. */
    public void rename(byte[] from, byte[] to) throws IOException {
        rename(from, to, 0);
    }

    /** Refused with EEXIST when there is something of the new name. */
    public void renameNew(byte[] from, byte[] to) throws IOException {
        rename(from, to, RENAME_NOREPLACE);
    }

    private void rename(byte[] from, byte[] to, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            value(
                    FileCall.RENAMEAT2.call(descriptor, text(arena, from), descriptor, text(arena, to), flags, 0),
                    "rename",
                    from);
        }
    }

    /** All entries from the first, in the order of the file system. Not for two threads at once. */
    public List<RawEntry> list() throws IOException {
        value(FileCall.LSEEK.call(descriptor, 0, 0), "lseek");
        List<RawEntry> entries = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE, 8);
            while (true) {
                int read = value(FileCall.GETDENTS64.call(descriptor, buffer.address(), PIECE), "getdents64");
                if (read == 0) {
                    return entries;
                }
                for (int at = 0; at < read; ) {
                    int length = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
                    int end = at + 19;
                    while (buffer.get(ValueLayout.JAVA_BYTE, end) != 0) {
                        end++;
                    }
                    byte[] name = buffer.asSlice(at + 19, end - at - 19).toArray(ValueLayout.JAVA_BYTE);
                    if (!dots(name)) {
                        entries.add(new RawEntry(
                                name,
                                buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, at),
                                buffer.get(ValueLayout.JAVA_BYTE, at + 18)));
                    }
                    at += length;
                }
            }
        }
    }

    private static boolean dots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /** All bytes of a file. */
    public byte[] content(byte[] name) throws IOException {
        int open = file(name, OpenFlag.RDONLY | Machine.current().noFollowFlag(), 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            while (true) {
                int read = value(FileCall.READ.call(open, buffer.address(), PIECE), "read", name);
                if (read == 0) {
                    return content.toByteArray();
                }
                content.writeBytes(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
            }
        } finally {
            Libc.close(open);
        }
    }

    /** Writes all of the stream to an open file, at its present position. */
    public static void write(int open, InputStream content) throws IOException {
        byte[] piece = new byte[PIECE];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            for (int read = content.readNBytes(piece, 0, PIECE); read > 0; read = content.readNBytes(piece, 0, PIECE)) {
                MemorySegment.copy(piece, 0, buffer, ValueLayout.JAVA_BYTE, 0, read);
                for (long done = 0; done < read; ) {
                    done += value(FileCall.WRITE.call(open, buffer.address() + done, read - done), "write");
                }
            }
        }
    }

    /** Copies a piece of one open file to the present position of another, in the kernel. @return bytes, 0 at the end */
    public static int copy(int from, long offset, int to, long length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment at = arena.allocateFrom(ValueLayout.JAVA_LONG, offset);
            return value(
                    FileCall.COPY_FILE_RANGE.call(from, at.address(), to, 0, Math.min(length, 1 << 30), 0),
                    "copy_file_range");
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }

    private static long text(Arena arena, byte[] name) {
        MemorySegment text = arena.allocate(name.length + 1L);
        MemorySegment.copy(name, 0, text, ValueLayout.JAVA_BYTE, 0, name.length);
        return text.address();
    }

    private static int value(CallResult result, String what, byte[] name) throws IOException {
        if (!result.ok()) {
            throw new ErrnoException(what + " " + new String(name, StandardCharsets.UTF_8), result.errno());
        }
        return Math.toIntExact(result.value());
    }

    private static int value(CallResult result, String what) throws IOException {
        if (!result.ok()) {
            throw new ErrnoException(what, result.errno());
        }
        return Math.toIntExact(result.value());
    }
}
