package dev.mayfly.platform.linux.bpf;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A map shared with programs in the kernel. Keys and values are bytes in the machine's order; every operation is one
 * system call and atomic for its one entry.
 */
public final class BpfMap extends BpfDescriptor {
    private static final int LOOKUP = 1;
    private static final int UPDATE = 2;
    private static final int DELETE = 3;
    private static final int NEXT_KEY = 4;
    private static final String FIX = "the map belongs to a slot that was closed, or memory is short: try again";

    private final int keyBytes;
    private final int valueBytes;

    BpfMap(int fd, int keyBytes, int valueBytes) {
        super(fd);
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
    }

    public Optional<byte[]> lookup(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(valueBytes, Long.BYTES);
            CallResult call = element(arena, LOOKUP, arena.allocateFrom(ValueLayout.JAVA_BYTE, key), value);
            return answer(call, "lookup in a BPF map", value);
        }
    }

    public void update(byte[] key, byte[] value) {
        if (key.length != keyBytes || value.length != valueBytes) {
            throw new IllegalArgumentException("key or value of the wrong size");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keySegment = arena.allocateFrom(ValueLayout.JAVA_BYTE, key);
            MemorySegment valueSegment = arena.allocateFrom(ValueLayout.JAVA_BYTE, value);
            element(arena, UPDATE, keySegment, valueSegment)
                    .orThrow(ErrorCode.SANDBOX_SETUP, "update of a BPF map", FIX);
        }
    }

    /** Whether the entry was there; also false when this kind of map cannot lose it. */
    public boolean delete(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keySegment = arena.allocateFrom(ValueLayout.JAVA_BYTE, key);
            CallResult call = element(arena, DELETE, keySegment, MemorySegment.NULL);
            if (call.ok()) {
                return true;
            }
            if (call.failedWith(Errno.ENOENT) || call.failedWith(Errno.EINVAL)) {
                return false;
            }
            call.orThrow(ErrorCode.SANDBOX_SETUP, "delete from a BPF map", FIX);
            return false;
        }
    }

    /** Any key that is in the map. */
    public Optional<byte[]> firstKey() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(keyBytes, Long.BYTES);
            return answer(element(arena, NEXT_KEY, MemorySegment.NULL, next), "walk of a BPF map", next);
        }
    }

    private CallResult element(Arena arena, int command, MemorySegment key, MemorySegment value) {
        return Bpf.element(arena, command, fd(), key, value);
    }

    private static Optional<byte[]> answer(CallResult call, String what, MemorySegment result) {
        if (call.failedWith(Errno.ENOENT)) {
            return Optional.empty();
        }
        call.orThrow(ErrorCode.SANDBOX_SETUP, what, FIX);
        return Optional.of(result.toArray(ValueLayout.JAVA_BYTE));
    }
}
