package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The part of one server in a mount that a holder has. It has the descriptors from the beginning, so that it can make
 * everything ready, and serves when it is its turn. Closing it gives the turn to the next.
 */
public final class HeldMount implements FuseMount {
    /** "MFUS", the first word of what the holder says. */
    private static final int MAGIC = 0x4d465553;

    private static final int MESSAGE = 8;
    private static final int MOST = 64;

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    /** As {@code O_CLOEXEC} (socket(2)). */
    private static final int SOCK_CLOEXEC = 02000000;

    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SUN_PATH = 108;

    /** struct msghdr and struct cmsghdr of Linux on 64-bit machines (glibc and musl, little-endian). */
    private static final int MSGHDR = 56;

    private static final int CMSGHDR = 16;

    private final Path point;
    private final AdoptedMount descriptors;
    private final int socket;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HeldMount(Path point, List<Integer> devices, int socket) {
        this.point = point;
        this.descriptors = new AdoptedMount(point, devices);
        this.socket = socket;
    }

    /**
     * Gets the descriptors from a holder.
     *
     * @throws MayflyException {@code ENV_SERVICE_UNREACHABLE} when there is no holder at this socket, or not of this user
     */
    public static HeldMount join(Path socket, Path point) {
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            int fd = connect(calls, arena, socket);
            try {
                return new HeldMount(point, receive(calls, arena, fd, socket), fd);
            } catch (RuntimeException e) {
                calls.close(fd);
                throw e;
            }
        }
    }

    private static int connect(Native calls, Arena arena, Path socket) {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length >= SUN_PATH) {
            throw unreachable(socket, "its path is longer than " + (SUN_PATH - 1) + " bytes");
        }
        int fd = calls.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC);
        MemorySegment address = arena.allocate(2 + SUN_PATH, Long.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        int connected = fd < 0 ? fd : calls.connect(fd, address, 2 + SUN_PATH);
        if (connected < 0) {
            calls.close(fd);
            throw unreachable(socket, "connect says errno " + -connected);
        }
        return fd;
    }

    private static List<Integer> receive(Native calls, Arena arena, int fd, Path socket) {
        MemorySegment body = arena.allocate(MESSAGE, Long.BYTES);
        MemorySegment control = arena.allocate(CMSGHDR + MOST * 4L, Long.BYTES);
        if (message(calls, arena, fd, body, control) != MESSAGE || body.get(ValueLayout.JAVA_INT, 0) != MAGIC) {
            throw unreachable(socket, "it does not speak as a holder does");
        }
        int count = (int) (control.get(ValueLayout.JAVA_LONG, 0) - CMSGHDR) / Integer.BYTES;
        if (count != body.get(ValueLayout.JAVA_INT, 4) || count < 1) {
            throw unreachable(socket, "it sent " + Math.max(count, 0) + " descriptors");
        }
        List<Integer> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            devices.add(control.get(ValueLayout.JAVA_INT, CMSGHDR + 4L * i));
        }
        return devices;
    }

    private static long message(Native calls, Arena arena, int fd, MemorySegment body, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, Long.BYTES);
        vector.set(ValueLayout.JAVA_LONG, 0, body.address());
        vector.set(ValueLayout.JAVA_LONG, 8, body.byteSize());
        MemorySegment header = arena.allocate(MSGHDR, Long.BYTES);
        header.set(ValueLayout.JAVA_LONG, 16, vector.address());
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.JAVA_LONG, 32, control.address());
        header.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
        long n = calls.receive(fd, header, MSG_CMSG_CLOEXEC);
        while (n == -Native.EINTR) {
            n = calls.receive(fd, header, MSG_CMSG_CLOEXEC);
        }
        return n;
    }

    private static MayflyException unreachable(Path socket, String why) {
        return new MayflyException(
                ErrorCode.ENV_SERVICE_UNREACHABLE,
                "there is no holder of a view at " + socket,
                why,
                "the view ended; start it again");
    }

    /**
     * Waits for the turn of this server. Blocks in the kernel, so it belongs on a platform thread.
     *
     * @return how many servers this view had before, for {@link FuseServer#serve}
     * @throws MayflyException {@code ENV_SERVICE_UNREACHABLE} when the holder ended
     */
    public int awaitTurn() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(MESSAGE, Long.BYTES);
            long n = message(new Native(arena), arena, socket, body, arena.allocate(CMSGHDR, Long.BYTES));
            if (n != MESSAGE || body.get(ValueLayout.JAVA_INT, 0) != MAGIC) {
                throw new MayflyException(
                        ErrorCode.ENV_SERVICE_UNREACHABLE,
                        "the holder of the view at " + point + " ended",
                        "it was told to, or the view was unmounted",
                        "start the view again");
            }
            return body.get(ValueLayout.JAVA_INT, 4);
        }
    }

    /** Waits until the holder has ended, or this is closed. Blocks in the kernel, so it belongs on a platform thread. */
    public void awaitEnd() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(MESSAGE, Long.BYTES);
            MemorySegment control = arena.allocate(CMSGHDR, Long.BYTES);
            Native calls = new Native(arena);
            while (message(calls, arena, socket, body, control) > 0) {
                // It says nothing more to who has the turn.
            }
        }
    }

    /** Ends the view: the holder unmounts it and ends, whoever serves. */
    public void end() {
        try (Arena arena = Arena.ofConfined()) {
            new Native(arena).write(socket, arena.allocate(1).address(), 1);
        }
    }

    @Override
    public Path point() {
        return point;
    }

    @Override
    public List<Integer> devices() {
        return descriptors.devices();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            descriptors.close();
            try (Arena arena = Arena.ofConfined()) {
                Native calls = new Native(arena);
                calls.shutdown(socket); // wakes whoever waits for the turn
                calls.close(socket);
            }
        }
    }
}
