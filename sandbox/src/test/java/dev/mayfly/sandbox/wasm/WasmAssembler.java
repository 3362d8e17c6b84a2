package dev.mayfly.sandbox.wasm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Builds binary modules for tests: just enough of an assembler to say what a hostile or honest program does. */
final class WasmAssembler {
    static final String WASI = "wasi_snapshot_preview1";

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<Integer> functions = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private final List<byte[]> globals = new ArrayList<>();
    private final List<byte[]> data = new ArrayList<>();
    private final List<byte[]> extraSections = new ArrayList<>();
    private byte[] tables = new byte[0];
    private byte[] memory = new byte[0];
    private byte[] start = new byte[0];
    private byte[] elements = new byte[0];
    private int importedFunctions;

    /** The body of one function; every method appends one instruction. */
    static final class Code {
        private final WasmWriter out = new WasmWriter(64);

        Code op(int... bytes) {
            out.u8(bytes);
            return this;
        }

        Code i32(int value) {
            out.u8(0x41).s64(value);
            return this;
        }

        Code i64(long value) {
            out.u8(0x42).s64(value);
            return this;
        }

        Code f64(double value) {
            out.u8(0x44);
            long bits = Double.doubleToRawLongBits(value);
            for (int i = 0; i < 8; i++) {
                out.u8((int) (bits >>> (8 * i)) & 0xff);
            }
            return this;
        }

        Code get(int local) {
            out.u8(0x20).u32(local);
            return this;
        }

        Code set(int local) {
            out.u8(0x21).u32(local);
            return this;
        }

        Code tee(int local) {
            out.u8(0x22).u32(local);
            return this;
        }

        Code globalGet(int global) {
            out.u8(0x23).u32(global);
            return this;
        }

        Code globalSet(int global) {
            out.u8(0x24).u32(global);
            return this;
        }

        Code call(int function) {
            out.u8(0x10).u32(function);
            return this;
        }

        Code drop() {
            return op(0x1a);
        }

        Code block() {
            return op(0x02, 0x40);
        }

        Code loop() {
            return op(0x03, 0x40);
        }

        Code when() {
            return op(0x04, 0x40);
        }

        Code orElse() {
            return op(0x05);
        }

        Code end() {
            return op(0x0b);
        }

        Code br(int depth) {
            out.u8(0x0c).u32(depth);
            return this;
        }

        Code brIf(int depth) {
            out.u8(0x0d).u32(depth);
            return this;
        }

        /** i32.store: address and value are on the stack. */
        Code store() {
            return op(0x36, 2, 0);
        }

        Code store64() {
            return op(0x37, 3, 0);
        }

        Code load() {
            return op(0x28, 2, 0);
        }

        /** Stores a constant. */
        Code poke(int address, int value) {
            return i32(address).i32(value).store();
        }

        Code add() {
            return op(0x6a);
        }

        byte[] bytes() {
            return out.bytes();
        }
    }

    private static byte[] letters(String signature) {
        WasmWriter out = new WasmWriter(8).u32(signature.length());
        for (char c : signature.toCharArray()) {
            out.u8(
                    switch (c) {
                        case 'i' -> 0x7f;
                        case 'I' -> 0x7e;
                        case 'f' -> 0x7d;
                        case 'F' -> 0x7c;
                        case 'r' -> 0x70;
                        default -> throw new IllegalArgumentException("type " + c);
                    });
        }
        return out.bytes();
    }

    int type(String params, String results) {
        types.add(new WasmWriter(16)
                .u8(0x60)
                .raw(letters(params))
                .raw(letters(results))
                .bytes());
        return types.size() - 1;
    }

    private static WasmWriter name(WasmWriter out, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return out.u32(bytes.length).raw(bytes);
    }

    int wasi(String name, String params, String results) {
        return importFunction(WASI, name, params, results);
    }

    int importFunction(String module, String name, String params, String results) {
        WasmWriter out = new WasmWriter(32);
        name(name(out, module), name).u8(0).u32(type(params, results));
        imports.add(out.bytes());
        return importedFunctions++;
    }

    WasmAssembler importMemory(String module, String name) {
        WasmWriter out = new WasmWriter(32);
        name(name(out, module), name).u8(2, 0, 1);
        imports.add(out.bytes());
        return this;
    }

    int fdWrite() {
        return wasi("fd_write", "iiii", "i");
    }

    int procExit() {
        return wasi("proc_exit", "i", "");
    }

    /** Adds a function; locals as letters. */
    int function(String params, String results, String locals, Consumer<Code> body) {
        functions.add(type(params, results));
        Code code = new Code();
        body.accept(code);
        code.end();
        WasmWriter out = new WasmWriter(64).u32(locals.length());
        for (char c : locals.toCharArray()) {
            out.raw(new byte[] {1, letters(String.valueOf(c))[1]});
        }
        bodies.add(out.raw(code.bytes()).bytes());
        return importedFunctions + functions.size() - 1;
    }

    int rawFunction(String params, String results, byte[] body) {
        functions.add(type(params, results));
        bodies.add(body);
        return importedFunctions + functions.size() - 1;
    }

    WasmAssembler export(String name, int function) {
        WasmWriter out = new WasmWriter(16);
        name(out, name).u8(0).u32(function);
        exports.add(out.bytes());
        return this;
    }

    /** The usual end: one function exported as {@code _start}. */
    byte[] main(String locals, Consumer<Code> body) {
        return export("_start", function("", "", locals, body)).build();
    }

    WasmAssembler memory(int min) {
        memory = new WasmWriter(8).u32(1).u8(0).u32(min).bytes();
        return this;
    }

    WasmAssembler memory(int min, int max) {
        memory = new WasmWriter(8).u32(1).u8(1).u32(min).u32(max).bytes();
        return this;
    }

    WasmAssembler table(long min) {
        tables = new WasmWriter(8).u32(1).u8(0x70, 0).u32(min).bytes();
        return this;
    }

    int globalI32(int value) {
        globals.add(new WasmWriter(8).u8(0x7f, 1, 0x41).s64(value).u8(0x0b).bytes());
        return globals.size() - 1;
    }

    WasmAssembler data(int address, byte[] bytes) {
        data.add(new WasmWriter(16)
                .u8(0, 0x41)
                .s64(address)
                .u8(0x0b)
                .u32(bytes.length)
                .raw(bytes)
                .bytes());
        return this;
    }

    WasmAssembler data(int address, String text) {
        return data(address, text.getBytes(StandardCharsets.UTF_8));
    }

    WasmAssembler start(int function) {
        start = new WasmWriter(4).u32(function).bytes();
        return this;
    }

    /** Fills table 0 from index 0. */
    WasmAssembler elements(int... functionIndexes) {
        WasmWriter out = new WasmWriter(16).u32(1).u8(0, 0x41, 0, 0x0b).u32(functionIndexes.length);
        for (int index : functionIndexes) {
            out.u32(index);
        }
        elements = out.bytes();
        return this;
    }

    WasmAssembler section(int id, byte[] content) {
        extraSections.add(
                new WasmWriter(16).u8(id).u32(content.length).raw(content).bytes());
        return this;
    }

    private static void vector(WasmWriter out, int id, List<byte[]> items) {
        if (!items.isEmpty()) {
            WasmWriter body = new WasmWriter(64).u32(items.size());
            items.forEach(body::raw);
            out.section(id, body);
        }
    }

    private static void plain(WasmWriter out, int id, byte[] content) {
        if (content.length > 0) {
            out.u8(id).u32(content.length).raw(content);
        }
    }

    byte[] build() {
        WasmWriter out = new WasmWriter(256).u8(0, 'a', 's', 'm', 1, 0, 0, 0);
        vector(out, 1, types);
        vector(out, 2, imports);
        vector(
                out,
                3,
                functions.stream()
                        .map(type -> new WasmWriter(4).u32(type).bytes())
                        .toList());
        plain(out, 4, tables);
        plain(out, 5, memory);
        vector(out, 6, globals);
        vector(out, 7, exports);
        plain(out, 8, start);
        plain(out, 9, elements);
        vector(
                out,
                10,
                bodies.stream()
                        .map(body ->
                                new WasmWriter(64).u32(body.length).raw(body).bytes())
                        .toList());
        vector(out, 11, data);
        extraSections.forEach(out::raw);
        return out.bytes();
    }
}
