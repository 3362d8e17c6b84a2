package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Does a piece of work inside the network namespace of another process.
 *
 * <p>A namespace belongs to a kernel thread, so the work runs on a platform thread of its own that joins the namespace
 * and then ends; it never goes back to a pool. What the work opens (sockets above all) stays in that namespace for life
 * and may be used from any thread.
 */
public final class Setns {
    private static final int CLONE_NEWNET = 0x40000000;

    private Setns() {}

    /**
     * Runs the work in the network namespace of this process id.
     *
     * @throws MayflyException {@code SANDBOX_SETUP} when the namespace cannot be joined or the work fails
     */
    public static <T extends @Nullable Object> T inNetworkOf(long pid, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> {
            join(pid);
            return work.call();
        });
        Thread.ofPlatform().name("netns-" + pid).daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the work is short, and a half-open namespace helps nobody
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "work in the network namespace of process " + pid + " failed",
                    String.valueOf(e.getCause()),
                    "run `mayfly doctor` to see what this machine allows",
                    e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void join(long pid) {
        String path = "/proc/" + pid + "/ns/net";
        int fd = Libc.open(path, OpenFlag.RDONLY, 0)
                .orThrow(ErrorCode.SANDBOX_SETUP, "open " + path, "the process may have ended: try again");
        try {
            Libc.syscall(setnsNumber(), fd, CLONE_NEWNET, 0)
                    .orThrow(
                            ErrorCode.SANDBOX_SETUP,
                            "setns into " + path,
                            "run as root, or with CAP_SYS_ADMIN over that namespace");
        } finally {
            Libc.close(fd);
        }
    }

    /** From arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. */
    private static long setnsNumber() {
        return switch (Machine.current()) {
            case X86_64 -> 308;
            case AARCH64 -> 268;
            case OTHER -> -1;
        };
    }
}
