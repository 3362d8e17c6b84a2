package dev.mayfly.env.fuse;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The calls of one thread into the C library. Unlike {@link dev.mayfly.platform.linux.Libc} it allocates nothing: a server
 * makes three calls for each request. An answer is the value, or the negative errno, as the kernel itself would give it.
 *
 * <p>All functions go through handles of seven longs; {@code Libc} says why that is allowed. To capture errno makes an object
 * of 40 bytes in each call (JDK 25), so reading and writing are first done without; only when that fails the call is made
 * again to learn why, which for these calls changes nothing.
 *
 * <p>A call may block, so this belongs on platform threads. The arena belongs to the caller and must outlive this.
 */
final class Native {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int ENODEV = 19;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EROFS = 30;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int EPROTO = 71;
    static final int ECONNABORTED = 103;
    static final int ENOTCONN = 107;

    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 02000000;

    static final long MS_RDONLY = 1;
    static final long MS_NOSUID = 2;
    static final long MS_NODEV = 4;
    static final int MNT_DETACH = 2;

    private static final int SHUT_RDWR = 2;

    /** mmap(2): {@code PROT_READ | PROT_WRITE}, and {@code MAP_PRIVATE | MAP_ANONYMOUS}. */
    private static final int READ_WRITE = 3;

    private static final int PRIVATE_ANONYMOUS = 0x22;

    private static final long ERRNO_AT =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    private static final FunctionDescriptor LONGS = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(LONGS, Linker.Option.captureCallState("errno"));
    private static final MethodHandle QUICK_CALL = Linker.nativeLinker().downcallHandle(LONGS);

    private static final MemorySegment READ = symbol("read");
    private static final MemorySegment WRITE = symbol("write");
    private static final MemorySegment PREAD = symbol("pread");
    private static final MemorySegment OPEN = symbol("open");
    private static final MemorySegment CLOSE = symbol("close");
    private static final MemorySegment IOCTL = symbol("ioctl");
    private static final MemorySegment MOUNT = symbol("mount");
    private static final MemorySegment UMOUNT2 = symbol("umount2");
    private static final MemorySegment SYSCALL = symbol("syscall");
    private static final MemorySegment SOCKET = symbol("socket");
    private static final MemorySegment CONNECT = symbol("connect");
    private static final MemorySegment SHUTDOWN = symbol("shutdown");
    private static final MemorySegment RECVMSG = symbol("recvmsg");
    private static final MemorySegment SIGACTION = symbol("sigaction");
    private static final MemorySegment MMAP = symbol("mmap");
    private static final MemorySegment MUNMAP = symbol("munmap");

    private final MemorySegment state;

    Native(Arena arena) {
        state = arena.allocate(Linker.Option.captureStateLayout());
    }

    /** Missing symbols are told when they are called: this class must load on every system. */
    private static MemorySegment symbol(String name) {
        return Linker.nativeLinker().defaultLookup().find(name).orElse(MemorySegment.NULL);
    }

    long read(int fd, long address, long length) {
        return repeatable(READ, fd, address, length, 0);
    }

    long write(int fd, long address, long length) {
        return repeatable(WRITE, fd, address, length, 0);
    }

    long pread(int fd, long address, long length, long offset) {
        return repeatable(PREAD, fd, address, length, offset);
    }

    /** {@code O_CLOEXEC} is added, since nothing here may leak into child processes. */
    int open(MemorySegment path, int flags) {
        return callInt(OPEN, path.address(), flags | O_CLOEXEC, 0, 0, 0);
    }

    int close(int fd) {
        return callInt(CLOSE, fd, 0, 0, 0, 0);
    }

    int ioctl(int fd, long request, MemorySegment argument) {
        return callInt(IOCTL, fd, request, argument.address(), 0, 0);
    }

    int mount(MemorySegment source, MemorySegment target, MemorySegment type, long flags, MemorySegment data) {
        return callInt(MOUNT, source.address(), target.address(), type.address(), flags, data.address());
    }

    int unmount(MemorySegment target, int flags) {
        return callInt(UMOUNT2, target.address(), flags, 0, 0, 0);
    }

    int socket(int domain, int type) {
        return callInt(SOCKET, domain, type, 0, 0, 0);
    }

    int connect(int fd, MemorySegment address, int length) {
        return callInt(CONNECT, fd, address.address(), length, 0, 0);
    }

    int shutdown(int fd) {
        return callInt(SHUTDOWN, fd, SHUT_RDWR, 0, 0, 0);
    }

    long receive(int fd, MemorySegment message, int flags) {
        return call(RECVMSG, fd, message.address(), flags, 0, 0);
    }

    int action(int signal, MemorySegment action) {
        return callInt(SIGACTION, signal, action.address(), 0, 0, 0);
    }

    /**
     * Memory that takes none before it is used, beginning on a page, all zero. {@link Arena#allocate} writes zeros to it, so a
     * thread that only ever answers short questions would still have a mebibyte for the longest.
     */
    static MemorySegment pages(long bytes, Arena arena) {
        long at = invokeQuickly(MMAP, 0, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1);
        if (at == -1) {
            throw new OutOfMemoryError("the kernel has no " + bytes + " bytes for this process");
        }
        return MemorySegment.ofAddress(at)
                .reinterpret(bytes, arena, memory -> invokeQuickly(MUNMAP, memory.address(), bytes, 0, 0, 0));
    }

    long system(long number, long a0, long a1, long a2) {
        return call(SYSCALL, number, a0, a1, a2, 0);
    }

    /** The upper half of an answer that is an int is undefined. */
    private int callInt(MemorySegment function, long a0, long a1, long a2, long a3, long a4) {
        int value = (int) invoke(function, a0, a1, a2, a3, a4);
        return value == -1 ? -errno() : value;
    }

    private long call(MemorySegment function, long a0, long a1, long a2, long a3, long a4) {
        long value = invoke(function, a0, a1, a2, a3, a4);
        return value == -1 ? -errno() : value;
    }

    private long repeatable(MemorySegment function, long fd, long address, long length, long offset) {
        long value = invokeQuickly(function, fd, address, length, offset, 0);
        return value == -1 ? call(function, fd, address, length, offset, 0) : value;
    }

    private int errno() {
        return state.get(ValueLayout.JAVA_INT, ERRNO_AT);
    }

    // SAFETY of both: the address is that of a function of the C library that is called with at least the arguments it
    // has,
    // all of them integers or addresses; callers keep the memory behind addresses alive.
    private long invoke(MemorySegment function, long a0, long a1, long a2, long a3, long a4) {
        require(function);
        try {
            return (long) CALL.invokeExact(function, state, a0, a1, a2, a3, a4, 0L, 0L);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static long invokeQuickly(MemorySegment function, long a0, long a1, long a2, long a3, long a4) {
        require(function);
        try {
            return (long) QUICK_CALL.invokeExact(function, a0, a1, a2, a3, a4, 0L, 0L);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static void require(MemorySegment function) {
        if (function.address() == 0) {
            throw new MayflyException(
                    ErrorCode.INTERNAL,
                    "FUSE cannot be served",
                    "the C library of this system lacks a function that Linux has",
                    "this path is for Linux only; please report it with the output of `mayfly doctor`");
        }
    }

    private static RuntimeException failed(Throwable cause) {
        if (cause instanceof RuntimeException known) {
            return known;
        }
        if (cause instanceof Error fatal) {
            throw fatal;
        }
        return new MayflyException(ErrorCode.INTERNAL, "a native call failed", String.valueOf(cause), "", cause);
    }
}
