package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.Captured;
import java.util.List;

/** What the launcher says. */
sealed interface LauncherMessage {
    /** The slot is made; the layers are what it really has. */
    record Ready(long pid, long netnsInode, List<LayerReport> layers) implements LauncherMessage {}

    /** The command runs. */
    record Started(long pid, long setupNanos) implements LauncherMessage {}

    /**
     * One kind of denied system call.
     *
     * @param arch as in {@code linux/audit.h}
     * @param a0 first argument of its first time, and so on
     */
    record Denied(int arch, int number, long count, long a0, long a1, long a2) {}

    /**
     * The run is over and no process of it is left.
     *
     * @param signaled {@code code} is a signal number, otherwise an exit code
     * @param reason bits of {@link Wire.Exited}
     */
    record Exited(
            boolean signaled,
            int code,
            long reason,
            long wallNanos,
            long cpuNanos,
            long maxRssKilobytes,
            long killNanos,
            Captured stdout,
            Captured stderr,
            List<Denied> denied,
            long oomCount,
            long pidsCount)
            implements LauncherMessage {}

    /** A step of the set-up failed; nothing ran. */
    record Refused(String step, int errno, String text) implements LauncherMessage {}

    /**
     * Something below /workspace.
     *
     * @param path raw bytes as the job named it
     * @param kind {@code f}, {@code d}, {@code l} or {@code o}
     */
    @SuppressWarnings("ArrayRecordComponent") // a file name on Linux is bytes
    record Entry(byte[] path, char kind, long size, long mode) implements LauncherMessage {}

    /** The list is complete, or was cut at the launcher's bounds. */
    record End(long count, boolean truncated) implements LauncherMessage {}

    /** A piece of a file. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Data(byte[] bytes, boolean last) implements LauncherMessage {}

    record ResetDone(long netnsInode) implements LauncherMessage {}

    /** The launcher gives up and ends. */
    record Failure(String text) implements LauncherMessage {}
}
