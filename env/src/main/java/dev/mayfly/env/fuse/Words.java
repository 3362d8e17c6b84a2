package dev.mayfly.env.fuse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Words in memory that need not be aligned, in the byte order of the machine. */
final class Words {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Words() {}

    static long getLong(MemorySegment from, long at) {
        return from.get(LONG, at);
    }

    static int getInt(MemorySegment from, long at) {
        return from.get(INT, at);
    }

    static byte getByte(MemorySegment from, long at) {
        return from.get(ValueLayout.JAVA_BYTE, at);
    }

    static void putLong(MemorySegment to, long at, long value) {
        to.set(LONG, at, value);
    }

    static void putInt(MemorySegment to, long at, int value) {
        to.set(INT, at, value);
    }

    static void putShort(MemorySegment to, long at, int value) {
        to.set(SHORT, at, (short) value);
    }

    static void putByte(MemorySegment to, long at, byte value) {
        to.set(ValueLayout.JAVA_BYTE, at, value);
    }
}
