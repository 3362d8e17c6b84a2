package dev.mayfly.platform.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.Machine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Probes on instructions of files, by perf_event_open(2). A probe belongs to the file and not to a process: it is hit in
 * every process that has mapped the file, or maps it later, under whichever path. Offsets are those of struct
 * perf_event_attr in include/uapi/linux/perf_event.h.
 */
public final class Uprobe {
    private static final Path KIND = Path.of("/sys/bus/event_source/devices/uprobe");

    private static final int ATTRIBUTE_BYTES = 112;
    private static final int ALL_PROCESSES = -1;
    private static final int FLAG_CLOEXEC = 8;
    private static final int ENABLE = 0x2400;
    private static final int SET_BPF = 0x40042408;
    private static final String RETURN_FORMAT = "config:";
    private static final String FIX =
            "run as root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN in the first user namespace) on a Linux with"
                    + " CONFIG_UPROBE_EVENTS; kernel.perf_event_paranoid above 2 forbids it to others";

    private Uprobe() {}

    /** Whether this kernel has them at all. */
    public static boolean known() {
        return Files.isReadable(KIND.resolve("type"));
    }

    /**
     * Has a program run whenever any process comes to this place, until the result is closed.
     *
     * @param file may be any name of it, also one in /proc/PID/map_files
     * @param offset in the file, not in memory
     * @param onReturn instead when the function that begins there returns
     */
    public static BpfDescriptor attach(BpfDescriptor program, Path file, long offset, boolean onReturn) {
        int event = open(file, offset, onReturn);
        BpfDescriptor opened = new BpfDescriptor(event);
        CallResult set = Libc.ioctl(event, SET_BPF, program.fd());
        CallResult enabled = set.ok() ? Libc.ioctl(event, ENABLE, 0) : set;
        if (!enabled.ok()) {
            opened.close();
            throw failed(file, enabled);
        }
        return opened;
    }

    private static int open(Path file, long offset, boolean onReturn) {
        int type;
        long config;
        try {
            type = Integer.parseInt(Files.readString(KIND.resolve("type")).strip());
            config = onReturn ? 1L << returnBit() : 0;
        } catch (IOException | NumberFormatException e) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "This kernel has no probes on functions of programs",
                    KIND + "/type cannot be read",
                    "use a Linux with CONFIG_UPROBE_EVENTS, and a /sys that shows it",
                    e);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, 8);
            attributes.set(JAVA_INT, 0, type);
            attributes.set(JAVA_INT, 4, ATTRIBUTE_BYTES);
            attributes.set(JAVA_LONG, 8, config);
            attributes.set(JAVA_LONG, 56, arena.allocateFrom(file.toString()).address());
            attributes.set(JAVA_LONG, 64, offset);
            // Its program runs on all processors, whichever is named here.
            CallResult call = Libc.syscall(
                    Machine.current().perfEventOpenNumber(),
                    attributes.address(),
                    ALL_PROCESSES,
                    0,
                    -1,
                    FLAG_CLOEXEC,
                    0);
            if (!call.ok()) {
                throw failed(file, call);
            }
            return Math.toIntExact(call.value());
        }
    }

    private static int returnBit() throws IOException {
        String format = Files.readString(KIND.resolve("format/retprobe")).strip();
        return format.startsWith(RETURN_FORMAT) ? Integer.parseInt(format.substring(RETURN_FORMAT.length())) : 0;
    }

    private static MayflyException failed(Path file, CallResult call) {
        return new MayflyException(
                ErrorCode.SANDBOX_SETUP,
                "probe on " + file + " failed",
                call.errno().describe(),
                FIX);
    }
}
