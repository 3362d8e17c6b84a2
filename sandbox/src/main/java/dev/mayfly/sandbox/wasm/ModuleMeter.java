package dev.mayfly.sandbox.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Rewrites a binary module so that it meters itself (see {@link CodeMeter}), and refuses what is too large or not
 * supported. It reads as much as it must to do that; whether the original is valid
 * is for the library to check.
 *
 * <p>Three globals are appended: fuel, stack and refused memory growths. Being last they shift no index. Custom
 * sections are dropped, the start section becomes a call of ours.
 */
final class ModuleMeter {
    /** Sections in the order in which they must stand; the data count (12) stands before the code (10). */
    private static final int[] ORDER = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11};

    private static final int CODE = 10;
    private static final int START = 8;
    private static final int MAX_PAGES = 65536;

    private final byte[] source;
    private final ModuleLimits limits;
    private final ModuleShape shape;
    private final int[] starts = new int[13];
    private final int[] ends = new int[13];
    private final List<MeteredModule.ImportedFunction> imports = new ArrayList<>();
    private final List<String> otherImports = new ArrayList<>();
    private final List<Integer> definedTypes = new ArrayList<>();
    private int tableCount;
    private int memoryMin = -1;
    private int memoryMax = MAX_PAGES;

    private ModuleMeter(byte[] source, ModuleLimits limits) {
        this.source = source;
        this.limits = limits;
        this.shape = new ModuleShape(limits);
    }

    /** @throws BadModuleException says what is wrong with it */
    static MeteredModule meter(byte[] source, ModuleLimits limits) {
        return new ModuleMeter(source, limits).rewrite();
    }

    static boolean looksLikeModule(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == 0 && bytes[1] == 'a' && bytes[2] == 's' && bytes[3] == 'm';
    }

    private MeteredModule rewrite() {
        if (source.length > limits.moduleBytes()) {
            throw new BadModuleException(
                    "the module has " + source.length + " bytes, the limit is " + limits.moduleBytes());
        }
        locateSections();
        readTypes(section(1));
        readImports(section(2));
        readFunctions(section(3));
        WasmWriter tables = clampTables(section(4));
        readMemories(section(5));
        int globals = countGlobals(section(6));
        requireEntry(section(7));
        OptionalInt start = readStart(section(START));
        WasmWriter code = rewriteCode(section(CODE));

        WasmWriter out = new WasmWriter(source.length * 3).raw(source, 0, 8);
        for (int id : ORDER) {
            switch (id) {
                case 1 -> writeTypes(out);
                case 4 -> {
                    if (present(4)) {
                        out.section(4, tables);
                    }
                }
                case 6 -> writeGlobals(out, globals);
                case START -> {}
                case CODE -> {
                    if (present(CODE)) {
                        out.section(CODE, code);
                    }
                }
                default -> copy(out, id);
            }
        }
        return new MeteredModule(
                out.bytes(),
                shape.fuelGlobal(),
                shape.stackGlobal(),
                shape.growthGlobal(),
                start,
                imports,
                otherImports,
                memoryMin,
                memoryMax,
                ends[CODE] - starts[CODE]);
    }

    private boolean present(int id) {
        return starts[id] > 0;
    }

    private WasmReader section(int id) {
        return new WasmReader(source, starts[id], ends[id]);
    }

    private void copy(WasmWriter out, int id) {
        if (present(id)) {
            out.u8(id).u32(ends[id] - starts[id]).raw(source, starts[id], ends[id]);
        }
    }

    private void locateSections() {
        if (!looksLikeModule(source)) {
            throw new BadModuleException("it does not begin with the WebAssembly magic number");
        }
        WasmReader reader = new WasmReader(source, 4, source.length);
        if (reader.u8() != 1 || reader.u8() != 0 || reader.u8() != 0 || reader.u8() != 0) {
            throw new BadModuleException("it is not a version 1 core module (components are not supported)");
        }
        int last = -1;
        while (reader.remaining() > 0) {
            int id = reader.u8();
            int size = reader.index();
            int from = reader.position();
            reader.skip(size);
            if (id == 0) {
                continue;
            }
            int rank = rank(id);
            if (rank <= last) {
                throw new BadModuleException("section " + id + " is repeated or out of order");
            }
            last = rank;
            starts[id] = from;
            ends[id] = from + size;
        }
    }

    private static int rank(int id) {
        for (int i = 0; i < ORDER.length; i++) {
            if (ORDER[i] == id) {
                return i;
            }
        }
        throw new BadModuleException(
                id == 13 ? "exceptions (a tag section) are not supported" : "unknown section " + id);
    }

    private void readTypes(WasmReader reader) {
        if (reader.remaining() == 0) {
            return;
        }
        int count = reader.count("types", limits.types());
        for (int i = 0; i < count; i++) {
            if (reader.u8() != 0x60) {
                throw new BadModuleException("type " + i + " is not a function type (GC types are not supported)");
            }
            shape.addType(new FunctionShape(valueTypes(reader), valueTypes(reader)));
        }
    }

    private List<Integer> valueTypes(WasmReader reader) {
        int count = reader.count("parameters or results", 1000);
        List<Integer> types = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            types.add(shape.valueType(reader.u8()));
        }
        return types;
    }

    private void readImports(WasmReader reader) {
        if (reader.remaining() == 0) {
            return;
        }
        int count = reader.count("imports", limits.functions());
        for (int i = 0; i < count; i++) {
            String module = reader.name();
            String name = reader.name();
            int kind = reader.u8();
            switch (kind) {
                case 0 -> {
                    int type = reader.index();
                    shape.addFunction(type);
                    imports.add(new MeteredModule.ImportedFunction(module, name, shape.type(type)));
                }
                case 1 -> {
                    reader.u8();
                    skipLimits(reader);
                    otherImports.add("table " + module + "." + name);
                }
                case 2 -> {
                    skipLimits(reader);
                    otherImports.add("memory " + module + "." + name);
                }
                case 3 -> {
                    shape.valueType(reader.u8());
                    reader.u8();
                    shape.addGlobal();
                    otherImports.add("global " + module + "." + name);
                }
                default -> throw new BadModuleException("unknown kind of import " + kind);
            }
        }
    }

    private static void skipLimits(WasmReader reader) {
        int flags = reader.u8();
        reader.u32();
        if ((flags & 1) != 0) {
            reader.u32();
        }
    }

    private void readFunctions(WasmReader reader) {
        if (reader.remaining() == 0) {
            return;
        }
        int count = reader.count("functions", limits.functions());
        for (int i = 0; i < count; i++) {
            int type = reader.index();
            shape.addFunction(type);
            definedTypes.add(type);
        }
    }

    /** Tables keep their size, but none may grow beyond our limit. */
    private WasmWriter clampTables(WasmReader reader) {
        WasmWriter out = new WasmWriter(64);
        if (reader.remaining() == 0) {
            return out;
        }
        tableCount = reader.count("tables", limits.tables());
        out.u32(tableCount);
        for (int i = 0; i < tableCount; i++) {
            int type = shape.valueType(reader.u8());
            int flags = reader.u8();
            if (flags > 1) {
                throw new BadModuleException("table flags 0x" + Integer.toHexString(flags) + " are not supported");
            }
            long min = reader.u32();
            long max = flags == 1 ? reader.u32() : 0xffff_ffffL;
            if (min > limits.tableElements()) {
                throw new BadModuleException("a table of " + min + " elements, the limit is " + limits.tableElements());
            }
            out.u8(type, 1).u32(min).u32(Math.min(max, Math.max(min, limits.tableElements())));
        }
        return out;
    }

    private void readMemories(WasmReader reader) {
        if (reader.remaining() == 0) {
            return;
        }
        int count = reader.count("memories", 1);
        for (int i = 0; i < count; i++) {
            int flags = reader.u8();
            if (flags > 1) {
                throw new BadModuleException("shared and 64-bit memories are not supported");
            }
            long min = reader.u32();
            long max = flags == 1 ? reader.u32() : MAX_PAGES;
            if (min > MAX_PAGES || max > MAX_PAGES || min > max) {
                throw new BadModuleException("a memory of " + min + " to " + max + " pages");
            }
            memoryMin = (int) min;
            memoryMax = (int) max;
        }
    }

    private int countGlobals(WasmReader reader) {
        if (reader.remaining() == 0) {
            return 0;
        }
        int count = reader.count("globals", 100_000);
        for (int i = 0; i < count; i++) {
            shape.addGlobal();
        }
        return count;
    }

    /** A command exports {@code _start}; a library ({@code _initialize}) has nothing that could be run. */
    private void requireEntry(WasmReader reader) {
        int count = reader.remaining() == 0 ? 0 : reader.count("exports", 100_000);
        for (int i = 0; i < count; i++) {
            String name = reader.name();
            int kind = reader.u8();
            int index = reader.index();
            if (kind == 0 && name.equals("_start")) {
                FunctionShape type = shape.function(index);
                if (!type.params().isEmpty() || !type.results().isEmpty()) {
                    throw new BadModuleException("its _start takes or gives values");
                }
                return;
            }
        }
        throw new BadModuleException("it exports no function _start, so it is no WASI command");
    }

    private OptionalInt readStart(WasmReader reader) {
        if (!present(START)) {
            return OptionalInt.empty();
        }
        int function = reader.index();
        FunctionShape type = shape.function(function);
        if (!type.params().isEmpty() || !type.results().isEmpty()) {
            throw new BadModuleException("the start function takes or gives values");
        }
        return OptionalInt.of(function);
    }

    private WasmWriter rewriteCode(WasmReader reader) {
        WasmWriter out = new WasmWriter(reader.remaining() * 2 + 16);
        if (reader.remaining() == 0) {
            if (!definedTypes.isEmpty()) {
                throw new BadModuleException("functions without code");
            }
            return out;
        }
        int count = reader.count("function bodies", limits.functions());
        if (count != definedTypes.size()) {
            throw new BadModuleException(definedTypes.size() + " functions, but " + count + " bodies");
        }
        out.u32(count);
        int localsLeft = limits.localsPerModule();
        for (int i = 0; i < count; i++) {
            int size = reader.index();
            int from = reader.position();
            reader.skip(size);
            CodeMeter meter = new CodeMeter(
                    shape, source, new WasmReader(source, from, from + size), shape.type(definedTypes.get(i)));
            byte[] body = meter.rewrite(localsLeft);
            localsLeft -= meter.declaredLocals();
            out.u32(body.length).raw(body);
        }
        return out;
    }

    private void writeTypes(WasmWriter out) {
        List<List<Integer>> added = shape.addedTypes();
        if (added.isEmpty()) {
            copy(out, 1);
            return;
        }
        WasmReader reader = section(1);
        WasmWriter body = new WasmWriter(reader.remaining() + 64);
        body.u32(reader.index() + (long) added.size()).raw(source, reader.position(), reader.end());
        for (List<Integer> results : added) {
            body.u8(0x60).u32(0).u32(results.size());
            results.forEach(type -> body.u8(type));
        }
        out.section(1, body);
    }

    private void writeGlobals(WasmWriter out, int count) {
        WasmReader reader = section(6);
        WasmWriter body = new WasmWriter(reader.remaining() + 32).u32(count + 3L);
        if (present(6)) {
            reader.index();
            body.raw(source, reader.position(), reader.end());
        }
        body.u8(FunctionShape.I64, 1, Opcodes.I64_CONST, 0, Opcodes.END);
        body.u8(FunctionShape.I32, 1, Opcodes.I32_CONST, 0, Opcodes.END);
        body.u8(FunctionShape.I32, 1, Opcodes.I32_CONST, 0, Opcodes.END);
        out.section(6, body);
    }
}
