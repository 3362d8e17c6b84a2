package dev.mayfly.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts a process with posix_spawn(3) and waits for it: the cheapest way from a JVM to a new program, and one that can
 * give it any descriptor, which {@link ProcessBuilder} cannot (it also goes through a helper program).
 *
 * <p>The child has exactly the descriptors of its {@link Opened} files where the C library can close the others (glibc
 * since 2.34); each caller must wait for its own children, nobody else reaps them.
 */
public final class PosixSpawn {
    /** {@code posix_spawn_file_actions_t} has 80 bytes in glibc and musl on 64-bit machines. */
    private static final long ACTIONS_BYTES = 256;

    private static final int SIGNAL_BITS = 0x7f;
    private static final int SHELL_SIGNAL = 128;

    private static final MethodHandle SPAWN =
            required("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle INIT = required("posix_spawn_file_actions_init", ADDRESS);
    private static final MethodHandle DESTROY = required("posix_spawn_file_actions_destroy", ADDRESS);
    private static final MethodHandle ADD_OPEN =
            required("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final Optional<MethodHandle> ADD_CLOSE_FROM =
            optional("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle WAIT =
            link("waitpid", Linker.Option.captureCallState("errno"), JAVA_INT, ADDRESS, JAVA_INT);

    private PosixSpawn() {}

    /** A file that the child gets as descriptor {@code fd}. */
    public record Opened(int fd, Path file, int flags) {}

    /**
     * Starts a program.
     *
     * @param argv the first is the path of the program; PATH is not searched
     * @param environment {@code NAME=value} each
     * @param opened by ascending descriptor, from 0 without a gap
     * @return its pid, to be given to {@link #await}
     * @throws MayflyException {@code INPUT_UNREADABLE} when the program or a file cannot be opened
     */
    public static int start(List<String> argv, List<String> environment, List<Opened> opened) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_BYTES, Long.BYTES);
            check((int) INIT.invokeExact(actions), "posix_spawn_file_actions_init");
            try {
                for (Opened each : opened) {
                    MemorySegment name = arena.allocateFrom(each.file().toString());
                    check((int) ADD_OPEN.invokeExact(actions, each.fd(), name, each.flags(), 0600), "addopen");
                }
                if (ADD_CLOSE_FROM.isPresent()) {
                    check((int) ADD_CLOSE_FROM.get().invokeExact(actions, opened.size()), "addclosefrom_np");
                }
                MemorySegment pid = arena.allocate(JAVA_INT);
                MemorySegment path = arena.allocateFrom(argv.getFirst());
                int error = (int) SPAWN.invokeExact(
                        pid, path, actions, MemorySegment.NULL, vector(arena, argv), vector(arena, environment));
                check(error, "posix_spawn " + argv.getFirst());
                return pid.get(JAVA_INT, 0);
            } finally {
                check((int) DESTROY.invokeExact(actions), "posix_spawn_file_actions_destroy");
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /**
     * Waits for a child's end; blocks the carrier thread, so not for virtual threads.
     *
     * @return its exit code, or 128 and the signal that ended it, as shells count
     */
    public static int await(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            MemorySegment state = arena.allocate(CALL_STATE);
            // A JVM's threads take signals for their own ends (safepoints, profilers); the wait goes on after them.
            CallResult result;
            do {
                result = CallResult.of((int) WAIT.invokeExact(state, pid, status, 0), (int) ERRNO.get(state, 0L));
            } while (result.failedWith(Errno.EINTR));
            result.orThrow(ErrorCode.INTERNAL, "waitpid " + pid, "wait once, and only for children of this process");
            int word = status.get(JAVA_INT, 0);
            int signal = word & SIGNAL_BITS;
            return signal == 0 ? (word >> Byte.SIZE) & 0xff : SHELL_SIGNAL + signal;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static MemorySegment vector(Arena arena, List<String> texts) {
        MemorySegment vector = arena.allocate(ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            vector.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        vector.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
        return vector;
    }

    /** These calls return the error instead of setting errno. */
    private static void check(int error, String what) {
        if (error != 0) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    what + " failed",
                    Errno.of(error).describe(),
                    "check that the program and its files are there and may be used");
        }
    }

    private static MethodHandle required(String name, MemoryLayout... arguments) {
        return optional(name, arguments).orElseThrow(() -> missing(name));
    }

    private static Optional<MethodHandle> optional(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(symbol -> linker.downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, arguments)));
    }

    private static MethodHandle link(String name, Linker.Option option, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup().find(name).orElseThrow(() -> missing(name));
        return linker.downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, arguments), option);
    }

    private static MayflyException missing(String name) {
        return new MayflyException(
                ErrorCode.INTERNAL, name + " cannot be called", "the C library of this system has no such symbol", "");
    }

    private static RuntimeException failed(Throwable cause) {
        if (cause instanceof RuntimeException known) {
            return known;
        }
        if (cause instanceof Error fatal) {
            throw fatal;
        }
        return new MayflyException(ErrorCode.INTERNAL, "a process cannot be started", String.valueOf(cause), "", cause);
    }
}
