package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A mount namespace of one's own for a moment. A namespace belongs to a kernel thread, so the work runs on a platform thread
 * that ends with it, and takes all that it mounted along. Needs {@code CAP_SYS_ADMIN}.
 */
public final class MountNamespace {
    private static final long CLONE_NEWNS = 0x20000;
    private static final long MS_BIND = 0x1000;
    private static final long MS_REC = 0x4000;
    private static final long MS_PRIVATE = 0x40000;
    private static final String FIX = "run as root, or with CAP_SYS_ADMIN over the user namespace";

    private MountNamespace() {}

    /**
     * Does the work in a fresh copy of this namespace from which nothing comes back.
     *
     * @throws MayflyException {@code NAMESPACE_DENIED}, or what the work threw
     */
    public static <T> T fresh(Callable<T> work) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(() -> {
            Libc.syscall(FileCalls.number(272, 97), CLONE_NEWNS, 0, 0)
                    .orThrow(ErrorCode.NAMESPACE_DENIED, "unshare mounts", FIX);
            mount("", Path.of("/"), MS_REC | MS_PRIVATE);
            return work.call();
        });
        Thread thread = Thread.ofPlatform().name("mount-namespace").daemon().start(task);
        try {
            T result = task.get();
            // The namespace ends with the thread, and whoever looks next must not see its mounts.
            thread.join();
            return result;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new MayflyException(
                    ErrorCode.NAMESPACE_DENIED,
                    "work in a mount namespace failed",
                    String.valueOf(e.getCause()),
                    FIX,
                    e.getCause());
        }
    }

    /** Shows a folder at another place too. */
    public static void bind(Path from, Path to) {
        mount(from.toString(), to, MS_BIND);
    }

    private static void mount(String from, Path to, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.syscall(
                            FileCalls.number(165, 40),
                            arena.allocateFrom(from).address(),
                            arena.allocateFrom(to.toString()).address(),
                            0,
                            flags,
                            0,
                            0)
                    .orThrow(ErrorCode.NAMESPACE_DENIED, "mount " + to, FIX);
        }
    }
}
