package dev.mayfly.mesh.card;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * A structure of C, laid out from its fields by the rules of x86-64. What the program reads by numbers the fake writes by
 * names, so that a wrong number is found.
 */
final class CStruct {
    private final Map<String, Integer> offsets = new HashMap<>();
    private final int bytes;

    private CStruct(String fields) {
        int at = 0;
        int widest = 1;
        for (String field : fields.split(";")) {
            String[] words = field.strip().split("\\s+");
            String[] type = words[0].split("\\*");
            int count = type.length > 1 ? Integer.parseInt(type[1]) : 1;
            int size = switch (type[0]) {
                case "u8" -> 1;
                case "u16" -> 2;
                case "u32" -> 4;
                case "u64", "ptr" -> 8;
                case "gid" -> 16;
                case "mutex" -> 40;
                case "cond" -> 48;
                default -> throw new IllegalArgumentException(field);
            };
            int alignment = Math.min(size, 8);
            widest = Math.max(widest, alignment);
            at = (at + alignment - 1) / alignment * alignment;
            for (int i = 1; i < words.length; i++) {
                offsets.put(words[i], at);
                at += size * count;
            }
        }
        bytes = (at + widest - 1) / widest * widest;
    }

    static CStruct of(String fields) {
        return new CStruct(fields);
    }

    int bytes() {
        return bytes;
    }

    long at(String field) {
        return offsets.get(field);
    }

    MemorySegment on(long address) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    long getLong(MemorySegment struct, String field) {
        return struct.get(ValueLayout.JAVA_LONG, at(field));
    }

    int getInt(MemorySegment struct, String field) {
        return struct.get(ValueLayout.JAVA_INT, at(field));
    }

    int getByte(MemorySegment struct, String field) {
        return Byte.toUnsignedInt(struct.get(ValueLayout.JAVA_BYTE, at(field)));
    }

    void set(MemorySegment struct, String field, long value) {
        struct.set(ValueLayout.JAVA_LONG, at(field), value);
    }

    void set(MemorySegment struct, String field, int value) {
        struct.set(ValueLayout.JAVA_INT, at(field), value);
    }

    void set(MemorySegment struct, String field, byte value) {
        struct.set(ValueLayout.JAVA_BYTE, at(field), value);
    }
}
