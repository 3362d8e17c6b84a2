package dev.mayfly.platform.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder that is open, and what is in it by its raw name. No link is ever followed: a name that is a link is a link here.
 * Each name is one part of a path. Used by one thread at a time.
 */
public final class OpenFolder implements AutoCloseable {
    private static final int LIST_BUFFER = 64 << 10;
    private static final int LINK_MAX = 4096; // PATH_MAX, linux/limits.h
    private static final int AT_REMOVEDIR = 0x200;

    private final int descriptor;

    private OpenFolder(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * @param path may lead through links that its owner has made, but is no link itself
     * @throws NoSuchFileException when nothing is there
     */
    public static OpenFolder open(Path path) throws IOException {
        CallResult result = FileCalls.openat2(
                FileCalls.AT_FDCWD,
                path.toString().getBytes(StandardCharsets.UTF_8),
                FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW,
                0,
                0);
        return new OpenFolder(checked(result, path.toString()));
    }

    public OpenFolder folder(byte[] name) throws IOException {
        return new OpenFolder(opened(name, FileCalls.O_DIRECTORY));
    }

    /** A regular file, for reading. A pipe that has come in its place is not waited for. */
    public OpenedFile file(byte[] name, ReadBuffers buffers) throws IOException {
        return new OpenedFile(opened(name, OpenFlag.NONBLOCK), Optional.of(buffers));
    }

    /** The folder itself, for its attributes. */
    public OpenedFile itself() throws IOException {
        return new OpenedFile(opened(new byte[] {'.'}, FileCalls.O_DIRECTORY), Optional.empty());
    }

    private int opened(byte[] name, long flags) throws IOException {
        return checked(
                FileCalls.openat2(
                        descriptor,
                        name,
                        flags | FileCalls.O_NOFOLLOW,
                        0,
                        FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS | FileCalls.RESOLVE_NO_MAGICLINKS),
                shown(name));
    }

    public FileFacts facts(byte[] name) throws IOException {
        FileCalls.StatResult result = FileCalls.stat(descriptor, name);
        checked(result.call(), shown(name));
        return result.facts();
    }

    /** The text of a symbolic link. */
    public byte[] target(byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(LINK_MAX);
            CallResult result = Libc.syscall(
                    FileCalls.number(267, 78),
                    descriptor,
                    FileCalls.text(arena, name).address(),
                    text.address(),
                    LINK_MAX,
                    0,
                    0);
            int length = checked(result, shown(name));
            return text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** All names but {@code .} and {@code ..}, in the order of the file system. Reads on from where it was; call it once. */
    public List<byte[]> list() throws IOException {
        List<byte[]> names = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LIST_BUFFER, 8);
            for (; ; ) {
                CallResult result = Libc.syscall(FileCalls.number(217, 61), descriptor, buffer.address(), LIST_BUFFER);
                int filled = checked(result, "getdents64");
                if (filled == 0) {
                    return names;
                }
                collect(buffer, filled, names);
            }
        }
    }

    /** struct linux_dirent64: inode 8, offset 8, length of the record 2, type 1, name with NUL; getdents(2). */
    private static void collect(MemorySegment buffer, int filled, List<byte[]> names) {
        for (int at = 0; at < filled; ) {
            int length = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16L));
            int end = at + 19;
            while (buffer.get(ValueLayout.JAVA_BYTE, end) != 0) {
                end++;
            }
            byte[] name = buffer.asSlice(at + 19L, end - at - 19L).toArray(ValueLayout.JAVA_BYTE);
            boolean dots = name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
            if (!dots) {
                names.add(name);
            }
            at += length;
        }
    }

    /** unlink(2), or rmdir(2) for a folder. */
    public void remove(byte[] name, boolean folder) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            checked(
                    Libc.syscall(
                            FileCalls.number(263, 35),
                            descriptor,
                            FileCalls.text(arena, name).address(),
                            folder ? AT_REMOVEDIR : 0),
                    shown(name));
        }
    }

    private static int checked(CallResult result, String what) throws IOException {
        if (result.failedWith(Errno.ENOENT)) {
            throw new NoSuchFileException(what);
        }
        if (!result.ok()) {
            throw new IOException(what + ": " + result.errno().describe());
        }
        return Math.toIntExact(result.value());
    }

    private static String shown(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
