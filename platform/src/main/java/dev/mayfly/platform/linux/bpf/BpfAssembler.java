package dev.mayfly.platform.linux.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Assembles the few eBPF instructions this house uses. An instruction is 8 bytes: opcode, two register nibbles, a
 * 16-bit offset, a 32-bit immediate (Documentation/bpf/standardization/instruction-set.rst); both machines we support
 * are little endian. Jumps name labels and are resolved by {@link #assemble}. Not safe for concurrent use.
 */
public final class BpfAssembler {
    private static final int INSTRUCTION_BYTES = 8;
    private static final int CLASS_LDX_MEM_W = 0x61;
    private static final int CLASS_LDX_MEM_H = 0x69;
    private static final int CLASS_LDX_MEM_DW = 0x79;
    private static final int CLASS_STX_MEM_W = 0x63;
    private static final int CLASS_STX_MEM_DW = 0x7b;
    private static final int CLASS_ST_MEM_W = 0x62;
    private static final int CLASS_ST_MEM_DW = 0x7a;
    private static final int ATOMIC_DW = 0xdb;
    private static final int LOAD_IMMEDIATE_64 = 0x18;
    private static final int PSEUDO_MAP_FD = 1;
    private static final int MOV_IMMEDIATE = 0xb7;
    private static final int MOV_REGISTER = 0xbf;
    private static final int ADD_IMMEDIATE = 0x07;
    private static final int AND_IMMEDIATE = 0x57;
    private static final int AND_REGISTER = 0x5f;
    private static final int RIGHT_SHIFT_IMMEDIATE = 0x77;
    private static final int LEFT_SHIFT_REGISTER = 0x6f;
    private static final int BYTE_SWAP_FROM_NETWORK = 0xdc;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int JUMP_IF_REGISTERS_DIFFER = 0x5d;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    private record Instruction(int opcode, int target, int source, int offset, int immediate) {}

    private record Jump(int at, String label) {}

    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Jump> jumps = new ArrayList<>();

    /** The next instruction is where jumps to this name go. */
    public BpfAssembler label(String name) {
        if (labels.putIfAbsent(name, instructions.size()) != null) {
            throw new IllegalArgumentException("label defined twice: " + name);
        }
        return this;
    }

    public BpfAssembler move(Register target, int value) {
        return add(MOV_IMMEDIATE, target, 0, 0, value);
    }

    public BpfAssembler move(Register target, Register source) {
        return add(MOV_REGISTER, target, source.number(), 0, 0);
    }

    public BpfAssembler addTo(Register target, int value) {
        return add(ADD_IMMEDIATE, target, 0, 0, value);
    }

    public BpfAssembler and(Register target, int value) {
        return add(AND_IMMEDIATE, target, 0, 0, value);
    }

    public BpfAssembler and(Register target, Register source) {
        return add(AND_REGISTER, target, source.number(), 0, 0);
    }

    public BpfAssembler shiftRight(Register target, int bits) {
        return add(RIGHT_SHIFT_IMMEDIATE, target, 0, 0, bits);
    }

    public BpfAssembler shiftLeft(Register target, Register bits) {
        return add(LEFT_SHIFT_REGISTER, target, bits.number(), 0, 0);
    }

    /** {@code target = *(u16 *) (base + offset)}. */
    public BpfAssembler loadHalf(Register target, Register base, int offset) {
        return add(CLASS_LDX_MEM_H, target, base.number(), offset, 0);
    }

    /** Turns 16 bits in network order into a number. */
    public BpfAssembler fromNetwork16(Register target) {
        return add(BYTE_SWAP_FROM_NETWORK, target, 0, 0, 16);
    }

    /** {@code target = *(u32 *) (base + offset)}. */
    public BpfAssembler loadWord(Register target, Register base, int offset) {
        return add(CLASS_LDX_MEM_W, target, base.number(), offset, 0);
    }

    /** {@code target = *(u64 *) (base + offset)}. */
    public BpfAssembler loadLong(Register target, Register base, int offset) {
        return add(CLASS_LDX_MEM_DW, target, base.number(), offset, 0);
    }

    /** {@code *(u32 *) (base + offset) = source}. */
    public BpfAssembler storeWord(Register base, int offset, Register source) {
        return add(CLASS_STX_MEM_W, base, source.number(), offset, 0);
    }

    /** {@code *(u64 *) (base + offset) = source}. */
    public BpfAssembler storeLong(Register base, int offset, Register source) {
        return add(CLASS_STX_MEM_DW, base, source.number(), offset, 0);
    }

    /** {@code *(u32 *) (base + offset) = value}. */
    public BpfAssembler storeWord(Register base, int offset, int value) {
        return add(CLASS_ST_MEM_W, base, 0, offset, value);
    }

    /** {@code *(u64 *) (base + offset) = value}. */
    public BpfAssembler storeLong(Register base, int offset, int value) {
        return add(CLASS_ST_MEM_DW, base, 0, offset, value);
    }

    /** {@code *(u64 *) (base + offset) += source}, atomically. */
    public BpfAssembler atomicAdd(Register base, int offset, Register source) {
        return add(ATOMIC_DW, base, source.number(), offset, 0);
    }

    /** A pointer to the map behind this descriptor; the kernel replaces the descriptor when the program is loaded. */
    public BpfAssembler loadMap(Register target, int mapDescriptor) {
        add(LOAD_IMMEDIATE_64, target, PSEUDO_MAP_FD, 0, mapDescriptor);
        instructions.add(new Instruction(0, 0, 0, 0, 0));
        return this;
    }

    public BpfAssembler jump(String label) {
        return jumpTo(label, JUMP, 0, 0);
    }

    public BpfAssembler jumpIfEqual(Register left, int right, String label) {
        return jumpTo(label, JUMP_IF_EQUAL, left.number(), right);
    }

    public BpfAssembler jumpIfNotEqual(Register left, int right, String label) {
        return jumpTo(label, JUMP_IF_NOT_EQUAL, left.number(), right);
    }

    public BpfAssembler jumpIfNotEqual(Register left, Register right, String label) {
        jumps.add(new Jump(instructions.size(), label));
        instructions.add(new Instruction(JUMP_IF_REGISTERS_DIFFER, left.number(), right.number(), 0, 0));
        return this;
    }

    /** Calls a helper by its number in enum bpf_func_id. */
    public BpfAssembler call(int helper) {
        return add(CALL, Register.R0, 0, 0, helper);
    }

    public BpfAssembler exit() {
        return add(EXIT, Register.R0, 0, 0, 0);
    }

    /** The program as the kernel takes it. */
    public byte[] assemble() {
        List<Instruction> resolved = new ArrayList<>(instructions);
        for (Jump jump : jumps) {
            Integer target = labels.get(jump.label());
            if (target == null) {
                throw new IllegalStateException("jump to a label that is not there: " + jump.label());
            }
            Instruction open = resolved.get(jump.at());
            int distance = target - jump.at() - 1;
            resolved.set(
                    jump.at(),
                    new Instruction(open.opcode(), open.target(), open.source(), distance, open.immediate()));
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(resolved.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction one : resolved) {
            bytes.put((byte) one.opcode())
                    .put((byte) (one.source() << 4 | one.target()))
                    .putShort((short) one.offset())
                    .putInt(one.immediate());
        }
        return bytes.array();
    }

    private BpfAssembler jumpTo(String label, int opcode, int target, int immediate) {
        jumps.add(new Jump(instructions.size(), label));
        instructions.add(new Instruction(opcode, target, 0, 0, immediate));
        return this;
    }

    private BpfAssembler add(int opcode, Register target, int source, int offset, int immediate) {
        if (offset != (short) offset) {
            throw new IllegalArgumentException("offset does not fit 16 bits: " + offset);
        }
        instructions.add(new Instruction(opcode, target.number(), source, offset, immediate));
        return this;
    }
}
