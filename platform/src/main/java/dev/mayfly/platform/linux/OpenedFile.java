package dev.mayfly.platform.linux;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One file or folder open for reading, and read in order, through memory of somebody else. Used by one thread at a time. */
public final class OpenedFile extends InputStream {
    private static final int ATTRIBUTE_MAX = 64 << 10; // XATTR_SIZE_MAX and XATTR_LIST_MAX, linux/limits.h
    private static final int ENODATA = 61;

    private final int descriptor;
    private final Optional<ReadBuffers> buffers;
    private Optional<MemorySegment> buffer = Optional.empty();
    private boolean open = true;

    /** @param buffers to read its content through; nothing for what is only looked at */
    OpenedFile(int descriptor, Optional<ReadBuffers> buffers) {
        this.descriptor = descriptor;
        this.buffers = buffers;
    }

    public FileFacts facts() throws IOException {
        FileCalls.StatResult result = FileCalls.stat(descriptor, new byte[0]);
        check(result.call(), "statx");
        return result.facts();
    }

    /** Names of extended attributes that this process may see; none where the file system has no such thing. */
    public List<String> attributes() throws IOException {
        try (Arena calls = Arena.ofConfined()) {
            MemorySegment list = calls.allocate(ATTRIBUTE_MAX);
            CallResult result =
                    Libc.syscall(FileCalls.number(196, 13), descriptor, list.address(), list.byteSize(), 0, 0, 0);
            if (result.failedWith(Errno.EOPNOTSUPP)) {
                return List.of();
            }
            check(result, "flistxattr");
            List<String> names = new ArrayList<>();
            for (long at = 0; at < result.value(); ) {
                String name = list.getString(at, StandardCharsets.ISO_8859_1);
                names.add(name);
                at += name.length() + 1L;
            }
            return names;
        }
    }

    public Optional<byte[]> attribute(String name) throws IOException {
        try (Arena calls = Arena.ofConfined()) {
            MemorySegment value = calls.allocate(ATTRIBUTE_MAX);
            CallResult result = Libc.syscall(
                    FileCalls.number(193, 10),
                    descriptor,
                    calls.allocateFrom(name).address(),
                    value.address(),
                    value.byteSize(),
                    0,
                    0);
            if (result.failedWith(new Errno(ENODATA)) || result.failedWith(Errno.EOPNOTSUPP)) {
                return Optional.empty();
            }
            check(result, "fgetxattr");
            return Optional.of(value.asSlice(0, result.value()).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (buffer.isEmpty()) {
            buffer = Optional.of(buffers.orElseThrow().take());
        }
        MemorySegment piece = buffer.get();
        CallResult result;
        do {
            result = Libc.syscall(
                    FileCalls.number(0, 63), descriptor, piece.address(), Math.min(length, ReadBuffers.BYTES), 0, 0, 0);
        } while (result.failedWith(Errno.EINTR));
        check(result, "read");
        int count = (int) result.value();
        MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, offset, count);
        return count == 0 ? -1 : count;
    }

    private static void check(CallResult result, String call) throws IOException {
        if (!result.ok()) {
            throw new IOException(call + ": " + result.errno().describe());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Libc.close(descriptor);
            buffers.ifPresent(all -> buffer.ifPresent(all::back));
        }
    }
}
