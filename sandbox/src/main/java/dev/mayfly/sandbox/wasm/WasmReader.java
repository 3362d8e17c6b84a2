package dev.mayfly.sandbox.wasm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A bounds-checked cursor over a binary module; anything that does not fit is a {@link BadModuleException}. */
final class WasmReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    WasmReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    int position() {
        return at;
    }

    int end() {
        return end;
    }

    int remaining() {
        return end - at;
    }

    int u8() {
        if (at >= end) {
            throw new BadModuleException("unexpected end at byte " + at);
        }
        return bytes[at++] & 0xff;
    }

    void skip(int count) {
        if (count < 0 || count > remaining()) {
            throw new BadModuleException("unexpected end at byte " + end);
        }
        at += count;
    }

    /** An unsigned LEB128 that must fit a non-negative {@code int}: every index, count and size we accept does. */
    int index() {
        long value = u32();
        if (value > Integer.MAX_VALUE) {
            throw new BadModuleException("number too large at byte " + at);
        }
        return (int) value;
    }

    long u32() {
        return unsigned(32);
    }

    private long unsigned(int bits) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = u8();
            int left = bits - shift;
            if (left <= 0 || (left < 7 && (b & 0x7f) >> left != 0)) {
                throw new BadModuleException("integer too large at byte " + at);
            }
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
    }

    /** A signed LEB128 of at most {@code bits} bits. */
    long signed(int bits) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            if (shift >= bits) {
                throw new BadModuleException("integer too large at byte " + at);
            }
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                int used = shift + 7;
                return used < 64 ? value << (64 - used) >> (64 - used) : value;
            }
        }
    }

    /** A vector length; each element takes at least one byte, so a longer vector than the rest is a lie. */
    int count(String what, int limit) {
        int count = index();
        if (count > remaining()) {
            throw new BadModuleException(what + " count " + count + " is larger than the module");
        }
        if (count > limit) {
            throw new BadModuleException("too many " + what + ": " + count + ", the limit is " + limit);
        }
        return count;
    }

    String name() {
        int length = count("name bytes", 1 << 16);
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            return name;
        } catch (CharacterCodingException _) {
            throw new BadModuleException("name at byte " + at + " is not UTF-8");
        }
    }
}
