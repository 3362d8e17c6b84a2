package dev.mayfly.sandbox.wasm;

import java.io.ByteArrayOutputStream;

/** Writes the binary format. */
final class WasmWriter {
    private final ByteArrayOutputStream out;

    WasmWriter(int capacity) {
        out = new ByteArrayOutputStream(capacity);
    }

    WasmWriter u8(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    WasmWriter raw(byte[] bytes, int from, int to) {
        out.write(bytes, from, to - from);
        return this;
    }

    WasmWriter raw(byte[] bytes) {
        return raw(bytes, 0, bytes.length);
    }

    WasmWriter u32(long value) {
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    WasmWriter s64(long value) {
        long rest = value;
        while (true) {
            int b = (int) (rest & 0x7f);
            rest >>= 7;
            if ((rest == 0 && (b & 0x40) == 0) || (rest == -1 && (b & 0x40) != 0)) {
                out.write(b);
                return this;
            }
            out.write(b | 0x80);
        }
    }

    WasmWriter section(int id, WasmWriter body) {
        return u8(id).u32(body.size()).raw(body.bytes());
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
