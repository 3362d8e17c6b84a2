package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.HostBind;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A decided run as the launcher wants to hear it. */
final class RunFrame {
    // Resource numbers of setrlimit(2), the same on every architecture we build for (asm-generic/resource.h).
    private static final int RLIMIT_CPU = 0;
    private static final int RLIMIT_FSIZE = 1;
    private static final int RLIMIT_CORE = 4;
    private static final int RLIMIT_NPROC = 6;
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_AS = 9;

    /** One inode per 4 KiB page that fits, so that empty files cannot take more kernel memory than full ones. */
    private static final long BYTES_PER_INODE = 4096;

    private static final long MOST_INODES = 1 << 20;
    private static final long FEWEST_INODES = 256;

    private RunFrame() {}

    /** Which limits have no control group and must be approximated per process or per user. */
    record Missing(boolean memory, boolean pids) {}

    static ByteBuffer of(BoxSpec spec, byte[] filter, Missing missing) {
        FrameWriter frame = new FrameWriter(Wire.RUN);
        spec.argv().forEach(argument -> frame.texts(Wire.Run.ARG, argument));
        spec.env().forEach((name, value) -> frame.texts(Wire.Run.ENV, name + "=" + value));
        frame.texts(Wire.Run.CWD, spec.cwd());
        if (spec.stdin().length > 0) {
            frame.bytes(Wire.Run.STDIN, spec.stdin());
        }
        for (InputFile file : spec.files()) {
            frame.file(mode(file.content()), file.path(), file.content());
        }
        for (HostBind bind : spec.binds()) {
            if (bind.writable()) {
                frame.texts(Wire.Run.JOB_BIND, bind.host().toString(), bind.target(), "rw");
            } else {
                frame.texts(Wire.Run.JOB_BIND, bind.host().toString(), bind.target());
            }
        }
        limits(frame, spec.limits(), missing);
        frame.bytes(Wire.Run.SECCOMP, filter);
        long flags = Wire.Run.FLAG_LANDLOCK | (spec.net().deniesAll() ? 0 : Wire.Run.FLAG_NETWORK);
        return frame.number(Wire.Run.FLAGS, flags).finish();
    }

    private static void limits(FrameWriter frame, BoxLimits limits, Missing missing) {
        long cpuMillis = millis(limits.cpu());
        frame.number(Wire.Run.WALL_MS, Math.max(1, millis(limits.wall())));
        frame.number(Wire.Run.CPU_MS, cpuMillis);
        frame.number(Wire.Run.DISK_BYTES, limits.diskBytes());
        frame.number(Wire.Run.INODES, Math.clamp(limits.diskBytes() / BYTES_PER_INODE, FEWEST_INODES, MOST_INODES));
        // The head gets the larger half: what a program says first explains more than what it says last.
        int kept = Math.min(limits.streamBytes(), Wire.KEEP_MAX);
        frame.number(Wire.Run.STDOUT_HEAD, kept - kept / 4);
        frame.number(Wire.Run.STDOUT_TAIL, kept / 4);
        frame.limit(RLIMIT_FSIZE, limits.fileSizeBytes());
        frame.limit(RLIMIT_NOFILE, limits.openFiles());
        frame.limit(RLIMIT_CORE, 0);
        if (cpuMillis > 0) {
            // Per process only, and in seconds: a second line should the counter of the whole tree be missing.
            frame.limit(RLIMIT_CPU, cpuMillis / 1000 + 2);
        }
        if (missing.memory()) {
            frame.limit(RLIMIT_AS, limits.memoryBytes());
        }
        if (missing.pids()) {
            frame.limit(RLIMIT_NPROC, limits.pids());
        }
    }

    private static long millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 0, Integer.MAX_VALUE);
    }

    /** Scripts and programs are executable, as they would be after chmod; nothing else is. */
    static int mode(byte[] content) {
        boolean script = content.length > 2 && content[0] == '#' && content[1] == '!';
        boolean elf =
                content.length > 4 && content[0] == 0x7f && content[1] == 'E' && content[2] == 'L' && content[3] == 'F';
        return script || elf ? 0755 : 0644;
    }
}
