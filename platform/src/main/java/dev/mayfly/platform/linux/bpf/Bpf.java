package dev.mayfly.platform.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.linux.OpenFlag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * bpf(2). Offsets into its argument are those of union bpf_attr in include/uapi/linux/bpf.h, which only ever grows; the
 * kernel takes a short one as filled up with zeros. Stateless.
 */
public final class Bpf {
    private static final int MAP_CREATE = 0;
    private static final int PROGRAM_LOAD = 5;
    private static final int RAW_TRACEPOINT_OPEN = 17;
    private static final int LINK_CREATE = 28;

    private static final int ATTACH_SK_LOOKUP = 36;

    /** @param license the helpers that read memory of processes are open to programs under the GPL (too) only */
    private record Kind(int type, int attach, String license) {
        static final Kind SOCKET_LOOKUP = new Kind(30, ATTACH_SK_LOOKUP, "Apache-2.0");
        static final Kind RAW_TRACEPOINT = new Kind(17, 0, "GPL");
        static final Kind PROBE = new Kind(2, 0, "GPL");
    }

    private static final int INSTRUCTION_BYTES = 8;
    private static final int NAME_BYTES = 16;
    private static final int LOG_BYTES = 256 * 1024;
    private static final String FIX =
            "run as root (CAP_BPF and CAP_NET_ADMIN in the first user namespace) on Linux 5.9 or newer";

    private Bpf() {}

    public static BpfMap createMap(String name, MapType type, int keyBytes, int valueBytes, int entries) {
        return createMap(name, type, keyBytes, valueBytes, entries, 0);
    }

    /** @param bytes a power of two, and whole pages */
    public static BpfMap createRing(String name, int bytes) {
        return createMap(name, MapType.RING_BUFFER, 0, 0, bytes);
    }

    /** A map whose values are maps made like this one. */
    public static BpfMap createMapOfMaps(String name, int keyBytes, int entries, BpfMap like) {
        return createMap(name, MapType.HASH_OF_MAPS, keyBytes, Integer.BYTES, entries, like.fd());
    }

    private static BpfMap createMap(String name, MapType type, int keyBytes, int valueBytes, int entries, int like) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(48, 8);
            attributes.set(JAVA_INT, 0, type.number());
            attributes.set(JAVA_INT, 4, keyBytes);
            attributes.set(JAVA_INT, 8, valueBytes);
            attributes.set(JAVA_INT, 12, entries);
            attributes.set(JAVA_INT, 20, like);
            name(attributes, 28, name);
            int fd = call(MAP_CREATE, attributes).orThrow(ErrorCode.SANDBOX_SETUP, "create the BPF map " + name, FIX);
            return new BpfMap(fd, keyBytes, valueBytes);
        }
    }

    /** Loads a program that decides, in a network namespace, which socket a new flow goes to. */
    public static BpfDescriptor loadSocketLookup(String name, byte[] program) {
        return load(Kind.SOCKET_LOOKUP, name, program);
    }

    /** Loads a program that is run at a tracepoint and sees its raw arguments. */
    public static BpfDescriptor loadRawTracepoint(String name, byte[] program) {
        return load(Kind.RAW_TRACEPOINT, name, program);
    }

    /** Loads a program that is run at a probed instruction and sees the registers there. */
    public static BpfDescriptor loadProbe(String name, byte[] program) {
        return load(Kind.PROBE, name, program);
    }

    private static BpfDescriptor load(Kind kind, String name, byte[] program) {
        CallResult quick = load(kind, name, program, MemorySegment.NULL);
        if (quick.ok()) {
            return new BpfDescriptor(Math.toIntExact(quick.value()));
        }
        try (Arena arena = Arena.ofConfined()) { // once more, to learn from the verifier why
            MemorySegment log = arena.allocate(LOG_BYTES);
            CallResult call = load(kind, name, program, log);
            if (call.ok()) {
                return new BpfDescriptor(Math.toIntExact(call.value()));
            }
            String said = log.getString(0).strip();
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "load of the BPF program " + name + " failed",
                    call.errno().describe() + (said.isEmpty() ? "" : "; the verifier says: " + tail(said)),
                    FIX);
        }
    }

    /** Puts a socket-lookup program in force in the network namespace of a process, until the link is closed. */
    public static BpfDescriptor attachSocketLookup(BpfDescriptor program, long pid) {
        String path = "/proc/" + pid + "/ns/net";
        int namespace = Libc.open(path, OpenFlag.RDONLY, 0)
                .orThrow(ErrorCode.SANDBOX_SETUP, "open " + path, "the process may have ended: try again");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(16, 8);
            attributes.set(JAVA_INT, 0, program.fd());
            attributes.set(JAVA_INT, 4, namespace);
            attributes.set(JAVA_INT, 8, ATTACH_SK_LOOKUP);
            int fd = call(LINK_CREATE, attributes)
                    .orThrow(ErrorCode.SANDBOX_SETUP, "attach a BPF program to " + path, FIX);
            return new BpfDescriptor(fd);
        } finally {
            Libc.close(namespace);
        }
    }

    /** Has a raw-tracepoint program run at this tracepoint, in the whole system, until the link is closed. */
    public static BpfDescriptor attachRawTracepoint(BpfDescriptor program, String tracepoint) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(16, 8);
            attributes.set(JAVA_LONG, 0, arena.allocateFrom(tracepoint).address());
            attributes.set(JAVA_INT, 8, program.fd());
            int fd = call(RAW_TRACEPOINT_OPEN, attributes)
                    .orThrow(ErrorCode.SANDBOX_SETUP, "attach a BPF program to the tracepoint " + tracepoint, FIX);
            return new BpfDescriptor(fd);
        }
    }

    static CallResult element(Arena arena, int command, int map, MemorySegment key, MemorySegment value) {
        MemorySegment attributes = arena.allocate(32, 8);
        attributes.set(JAVA_INT, 0, map);
        attributes.set(JAVA_LONG, 8, key.address());
        attributes.set(JAVA_LONG, 16, value.address());
        return call(command, attributes);
    }

    private static CallResult load(Kind kind, String name, byte[] program, MemorySegment log) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate(program.length, 8);
            MemorySegment.copy(program, 0, instructions, JAVA_BYTE, 0, program.length);
            MemorySegment attributes = arena.allocate(72, 8);
            attributes.set(JAVA_INT, 0, kind.type());
            attributes.set(JAVA_INT, 4, program.length / INSTRUCTION_BYTES);
            attributes.set(JAVA_LONG, 8, instructions.address());
            attributes.set(JAVA_LONG, 16, arena.allocateFrom(kind.license()).address());
            attributes.set(JAVA_INT, 24, log.byteSize() == 0 ? 0 : 1);
            attributes.set(JAVA_INT, 28, (int) log.byteSize());
            attributes.set(JAVA_LONG, 32, log.address());
            name(attributes, 48, name);
            attributes.set(JAVA_INT, 68, kind.attach());
            return call(PROGRAM_LOAD, attributes);
        }
    }

    private static CallResult call(int command, MemorySegment attributes) {
        return Libc.syscall(Machine.current().bpfNumber(), command, attributes.address(), attributes.byteSize());
    }

    private static void name(MemorySegment attributes, int offset, String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(ascii.length, NAME_BYTES - 1);
        MemorySegment.copy(ascii, 0, attributes, JAVA_BYTE, offset, length);
    }

    private static String tail(String log) {
        int from = Math.max(0, log.length() - 600);
        return log.substring(from).replace('\n', '|');
    }
}
