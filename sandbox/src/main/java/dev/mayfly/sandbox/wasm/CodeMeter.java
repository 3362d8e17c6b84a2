package dev.mayfly.sandbox.wasm;

import static dev.mayfly.sandbox.wasm.Opcodes.*;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Rewrites one function body so that it pays for what it does.
 *
 * <p><b>Fuel.</b> Instructions are grouped into regions; a region is paid for where it is entered, one unit per
 * instruction. Regions begin at the function's entry, at each loop head, at each arm of an {@code if}, and behind the
 * end of a block that something branches to. A taken {@code br_if} may leave a region that was paid in full, so the
 * price is an upper bound; it depends on nothing but the path taken, hence is the same everywhere. The check for "empty"
 * stands at function entries and loop heads only: every endless execution passes one of them endlessly often, and
 * between two of them lies at most one function body.
 *
 * <p><b>Stack.</b> How much of the JVM's stack a call takes depends on whether the JIT has seen the function, so a stack
 * overflow would come at a different depth each time. Instead each function takes {@link #frameBytes} from a budget
 * that surely fits, and gives it back at its one exit: the body is wrapped in a block whose label stands for the
 * function's own, so branches keep their meaning and {@code return} becomes a branch to it.
 *
 * <p><b>NaN.</b> The specification leaves the bits of a computed NaN open and processors, interpreter and JIT do differ;
 * every instruction that can invent one is followed by a selection of the canonical one.
 *
 * <p>Instructions that move many bytes pay by length ({@link #BYTES_PER_FUEL_SHIFT}).
 */
final class CodeMeter {
    /** 64 bytes moved or cleared cost one unit. */
    private static final int BYTES_PER_FUEL_SHIFT = 6;

    /** A fresh page costs as much as clearing it: 64 KiB in units of 64 bytes. */
    private static final int PAGE_FUEL_SHIFT = 10;

    /** Growing a table copies it. */
    private static final int TABLE_GROW_FUEL = 10_000;

    private static final int FRAME_BASE_BYTES = 96;

    private final ModuleShape module;
    private final byte[] source;
    private final WasmReader reader;
    private final FunctionShape shape;
    private final List<Edit> edits = new ArrayList<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Region dead = new Region(false);
    private final int localsStart;
    private int localGroups;
    private int locals;
    private int localsEnd;
    private int height;
    private int maxHeight;
    private int scratchDelta = -1;
    private int scratchResult = -1;
    private int scratchF32 = -1;
    private int scratchF64 = -1;
    private final List<Integer> extraLocals = new ArrayList<>();
    private Region region = new Region(true);

    private static final class Region {
        final boolean checked;
        int cost = 1;

        Region(boolean checked) {
            this.checked = checked;
        }
    }

    private static final class Frame {
        final int opcode;
        final int base;
        final int params;
        final int results;
        final Region outer;
        boolean targeted;

        Frame(int opcode, int base, int params, int results, Region outer) {
            this.opcode = opcode;
            this.base = base;
            this.params = params;
            this.results = results;
            this.outer = outer;
        }
    }

    /** Either ready bytes that replace {@code removed} bytes at {@code offset}, or a region's toll. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Edit(int offset, int removed, byte[] code, Region toll) {}

    CodeMeter(ModuleShape module, byte[] source, WasmReader reader, FunctionShape shape) {
        this.module = module;
        this.source = source;
        this.reader = reader;
        this.shape = shape;
        this.localsStart = reader.position();
    }

    int declaredLocals() {
        return locals;
    }

    /** What one call of this function takes from the stack budget. */
    int frameBytes() {
        return FRAME_BASE_BYTES + 8 * (shape.params().size() + locals + extraLocals.size() + maxHeight + 4);
    }

    /** The new body, without its size prefix. */
    byte[] rewrite(int localsLeft) {
        readLocals(localsLeft);
        frames.push(new Frame(BLOCK, 0, 0, shape.results().size(), dead));
        Region entry = region;
        while (!frames.isEmpty()) {
            step();
        }
        if (reader.remaining() != 0) {
            throw new BadModuleException("code after the end of a function at byte " + reader.position());
        }
        return assemble(entry);
    }

    private void readLocals(int localsLeft) {
        localGroups = reader.count("local groups", module.limits().localsPerFunction());
        for (int i = 0; i < localGroups; i++) {
            long count = reader.u32();
            module.valueType(reader.u8());
            if (locals + count > Math.min(module.limits().localsPerFunction(), localsLeft)) {
                throw new BadModuleException("too many locals: the limits are "
                        + module.limits().localsPerFunction() + " in a function and "
                        + module.limits().localsPerModule() + " in all");
            }
            locals += (int) count;
        }
        localsEnd = reader.position();
    }

    private void step() {
        int at = reader.position();
        int opcode = reader.u8();
        region.cost++;
        switch (opcode) {
            case UNREACHABLE -> die();
            case BLOCK, LOOP, IF -> open(opcode);
            case ELSE -> otherwise(at);
            case END -> close();
            case BR -> {
                branch();
                die();
            }
            case BR_IF -> {
                branch();
                adjust(-1);
            }
            case BR_TABLE -> {
                int labels = reader.count("branch labels", Integer.MAX_VALUE);
                for (int i = 0; i <= labels; i++) {
                    branch();
                }
                die();
            }
            case RETURN -> {
                edit(at, 1, code(4).u8(BR).u32(frames.size() - 1));
                die();
            }
            case CALL -> call(module.function(reader.index()), 0);
            case CALL_INDIRECT -> {
                FunctionShape target = module.type(reader.index());
                reader.index();
                call(target, 1);
            }
            case SELECT_TYPED -> {
                int types = reader.count("select types", 1);
                for (int i = 0; i < types; i++) {
                    module.valueType(reader.u8());
                }
                adjust(-2);
            }
            case PREFIX -> prefixed(at);
            default -> plain(at, opcode);
        }
    }

    private void plain(int at, int opcode) {
        switch (opcode) {
            case 0x20 -> {
                reader.u32();
                adjust(1);
            }
            case 0x21 -> {
                reader.u32();
                adjust(-1);
            }
            case 0x22, 0x25 -> reader.u32();
            case GLOBAL_GET, GLOBAL_SET -> {
                module.checkGlobal(reader.index());
                adjust(opcode == GLOBAL_GET ? 1 : -1);
            }
            case 0x26 -> {
                reader.u32();
                adjust(-2);
            }
            case I32_CONST -> {
                reader.signed(32);
                adjust(1);
            }
            case I64_CONST -> {
                reader.signed(64);
                adjust(1);
            }
            case F32_CONST -> {
                reader.skip(4);
                adjust(1);
            }
            case F64_CONST -> {
                reader.skip(8);
                adjust(1);
            }
            case 0x3f -> {
                reader.u8();
                adjust(1);
            }
            case MEMORY_GROW -> {
                reader.u8();
                meterGrowth(at);
            }
            case 0xd0 -> {
                module.valueType(reader.u8());
                adjust(1);
            }
            case 0xd2 -> {
                reader.u32();
                adjust(1);
            }
            default -> {
                if (opcode >= 0x28 && opcode <= 0x3e) {
                    reader.u32();
                    reader.u32();
                    adjust(opcode <= 0x35 ? 0 : -2);
                } else {
                    adjust(Opcodes.effect(opcode));
                    settleResult(opcode);
                }
            }
        }
    }

    private void prefixed(int at) {
        int opcode = reader.index();
        switch (opcode) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> {}
            case 8, 10, 12, 14 -> {
                reader.u32();
                reader.u32();
                payByLength(at, BYTES_PER_FUEL_SHIFT);
                adjust(-3);
            }
            case 9, 13 -> reader.u32();
            case 11, 17 -> {
                reader.u32();
                payByLength(at, BYTES_PER_FUEL_SHIFT);
                adjust(-3);
            }
            case 15 -> {
                reader.u32();
                region.cost += TABLE_GROW_FUEL;
                payByLength(at, 0);
                adjust(-1);
            }
            case 16 -> {
                reader.u32();
                adjust(1);
            }
            default -> throw new BadModuleException("instruction 0xfc " + opcode + " does not exist");
        }
    }

    private void adjust(int by) {
        Frame frame = top();
        height = Math.max(height + by, frame.base);
        maxHeight = Math.max(maxHeight, height);
    }

    private Frame top() {
        return frames.element();
    }

    private void die() {
        region = dead;
        height = top().base;
    }

    private void branch() {
        int depth = reader.index();
        if (depth >= frames.size()) {
            throw new BadModuleException("branch to unknown label " + depth + " at byte " + reader.position());
        }
        // Deep labels are rare enough in real code for a walk from the top to be cheap; the nesting limit bounds it.
        int skipped = 0;
        for (Frame frame : frames) {
            if (skipped++ == depth) {
                frame.targeted = true;
                return;
            }
        }
    }

    private void call(FunctionShape target, int extraOperands) {
        adjust(-extraOperands - target.params().size());
        adjust(target.results().size());
    }

    private void open(int opcode) {
        if (opcode == IF) {
            adjust(-1);
        }
        long type = reader.signed(33);
        int params = 0;
        int results = 0;
        if (type >= 0) {
            FunctionShape block = module.type((int) Math.min(type, Integer.MAX_VALUE));
            params = block.params().size();
            results = block.results().size();
        } else if (type != -64) {
            module.valueType((int) (type & 0x7f));
            results = 1;
        }
        if (frames.size() >= module.limits().nesting()) {
            throw new BadModuleException(
                    "blocks nest too deep, the limit is " + module.limits().nesting());
        }
        int base = Math.max(height - params, top().base);
        frames.push(new Frame(opcode, base, params, results, region));
        if (opcode != BLOCK && region != dead) {
            enter(opcode == LOOP);
        }
        // Height counts from the block's own floor; unreachable code may have had less on the stack.
        height = base + params;
        maxHeight = Math.max(maxHeight, height);
    }

    private void enter(boolean checked) {
        region = new Region(checked);
        edits.add(new Edit(reader.position(), 0, new byte[0], region));
    }

    private void otherwise(int at) {
        Frame frame = top();
        if (frame.opcode != IF) {
            throw new BadModuleException("else without if at byte " + at);
        }
        height = frame.base + frame.params;
        if (frame.outer != dead) {
            enter(false);
        }
    }

    private void close() {
        Frame frame = frames.pop();
        if (frames.isEmpty()) {
            return;
        }
        height = frame.base + frame.results;
        maxHeight = Math.max(maxHeight, height);
        if (frame.outer == dead) {
            region = dead;
        } else if (frame.targeted && frame.opcode != LOOP) {
            enter(false);
        } else if (frame.opcode != BLOCK) {
            region = frame.outer;
        }
    }

    private WasmWriter code(int capacity) {
        return new WasmWriter(capacity);
    }

    private void edit(int offset, int removed, WasmWriter code) {
        edits.add(new Edit(offset, removed, code.bytes(), dead));
    }

    private int extraLocal(int type) {
        extraLocals.add(type);
        return shape.params().size() + locals + extraLocals.size() - 1;
    }

    /** Before an instruction whose topmost operand is a length. */
    private void payByLength(int at, int shift) {
        if (scratchDelta < 0) {
            scratchDelta = extraLocal(FunctionShape.I32);
        }
        WasmWriter code = code(24).u8(LOCAL_TEE).u32(scratchDelta);
        payScratch(code, I64_SHR_U, shift);
        edit(at, 0, code);
    }

    private void payScratch(WasmWriter code, int shiftOpcode, int shift) {
        code.u8(GLOBAL_GET).u32(module.fuelGlobal());
        code.u8(LOCAL_GET).u32(scratchDelta).u8(I64_EXTEND_I32_U);
        code.u8(I64_CONST).s64(shift).u8(shiftOpcode).u8(I64_SUB);
        code.u8(GLOBAL_SET).u32(module.fuelGlobal());
    }

    /** Pages are paid for when they are given; a refusal is noted. */
    private void meterGrowth(int at) {
        if (scratchDelta < 0) {
            scratchDelta = extraLocal(FunctionShape.I32);
        }
        if (scratchResult < 0) {
            scratchResult = extraLocal(FunctionShape.I32);
        }
        edit(at, 0, code(4).u8(LOCAL_TEE).u32(scratchDelta));
        WasmWriter after = code(48).u8(LOCAL_TEE).u32(scratchResult);
        after.u8(LOCAL_GET).u32(scratchResult).u8(I32_CONST).s64(-1).u8(I32_NE);
        after.u8(IF, NO_RESULT);
        payScratch(after, I64_SHL, PAGE_FUEL_SHIFT);
        after.u8(ELSE);
        after.u8(GLOBAL_GET).u32(module.growthGlobal()).u8(I32_CONST, 1, I32_ADD);
        after.u8(GLOBAL_SET).u32(module.growthGlobal()).u8(END);
        edit(reader.position(), 0, after);
    }

    /** Makes the result the same on every tier and processor. */
    private void settleResult(int opcode) {
        WasmWriter code;
        if (Opcodes.inventsNan32(opcode)) {
            if (scratchF32 < 0) {
                scratchF32 = extraLocal(FunctionShape.F32);
            }
            code = code(24).u8(LOCAL_TEE).u32(scratchF32).u8(F32_CONST, 0, 0, 0xc0, 0x7f);
            compareToItself(code, scratchF32, F32_EQ);
        } else if (Opcodes.inventsNan64(opcode)) {
            if (scratchF64 < 0) {
                scratchF64 = extraLocal(FunctionShape.F64);
            }
            code = code(24).u8(LOCAL_TEE).u32(scratchF64).u8(F64_CONST, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f);
            compareToItself(code, scratchF64, F64_EQ);
        } else if (opcode == I32_MUL) {
            // Chicory 1.7.5's interpreter keeps the upper half of the 64-bit product, and its "if" looks at it: a
            // product
            // of 2^32 counts as true there. Any i32 instruction that computes in 32 bits cuts it off.
            code = code(3).u8(I32_CONST, 0, I32_OR);
        } else {
            return;
        }
        edit(reader.position(), 0, code);
    }

    private static void compareToItself(WasmWriter code, int local, int equal) {
        code.u8(LOCAL_GET).u32(local).u8(LOCAL_GET).u32(local).u8(equal, SELECT);
    }

    private byte[] assemble(Region entry) {
        WasmWriter out = code((reader.end() - localsStart) * 2 + 64);
        out.u32(localGroups + extraLocals.size());
        WasmReader groups = new WasmReader(source, localsStart, localsEnd);
        groups.u32();
        out.raw(source, groups.position(), localsEnd);
        for (int type : extraLocals) {
            out.u32(1).u8(type);
        }
        toll(out, entry);
        int frame = frameBytes();
        out.u8(GLOBAL_GET).u32(module.stackGlobal()).u8(I32_CONST).s64(frame).u8(I32_SUB);
        out.u8(GLOBAL_SET).u32(module.stackGlobal()).u8(GLOBAL_GET).u32(module.stackGlobal());
        out.u8(I32_CONST, 0, I32_LT_S, IF, NO_RESULT, UNREACHABLE, END);
        out.u8(BLOCK).raw(module.blockType(shape.results()));
        int from = localsEnd;
        for (Edit edit : edits) {
            out.raw(source, from, edit.offset());
            from = edit.offset() + edit.removed();
            out.raw(edit.code());
            toll(out, edit.toll());
        }
        out.raw(source, from, reader.end());
        out.u8(GLOBAL_GET).u32(module.stackGlobal()).u8(I32_CONST).s64(frame).u8(I32_ADD);
        out.u8(GLOBAL_SET).u32(module.stackGlobal()).u8(END);
        return out.bytes();
    }

    private void toll(WasmWriter out, Region paid) {
        if (paid == dead || (!paid.checked && paid.cost <= 1)) {
            return;
        }
        int fuel = module.fuelGlobal();
        // An unchecked region's one unit of its own would make bare joins cost; only heads have it.
        int cost = paid.checked ? paid.cost : paid.cost - 1;
        out.u8(GLOBAL_GET)
                .u32(fuel)
                .u8(I64_CONST)
                .s64(cost)
                .u8(I64_SUB)
                .u8(GLOBAL_SET)
                .u32(fuel);
        if (paid.checked) {
            out.u8(GLOBAL_GET).u32(fuel).u8(I64_CONST, 0, I64_LT_S, IF, NO_RESULT, UNREACHABLE, END);
        }
    }
}
