package dev.mayfly.sandbox.wasm;

/** The instructions we accept: WebAssembly 2.0 without vectors (core specification, section 5.4). */
final class Opcodes {
    static final int UNREACHABLE = 0x00;
    static final int BLOCK = 0x02;
    static final int LOOP = 0x03;
    static final int IF = 0x04;
    static final int ELSE = 0x05;
    static final int END = 0x0b;
    static final int BR = 0x0c;
    static final int BR_IF = 0x0d;
    static final int BR_TABLE = 0x0e;
    static final int RETURN = 0x0f;
    static final int CALL = 0x10;
    static final int CALL_INDIRECT = 0x11;
    static final int SELECT = 0x1b;
    static final int SELECT_TYPED = 0x1c;
    static final int LOCAL_GET = 0x20;
    static final int LOCAL_TEE = 0x22;
    static final int GLOBAL_GET = 0x23;
    static final int GLOBAL_SET = 0x24;
    static final int MEMORY_GROW = 0x40;
    static final int I32_CONST = 0x41;
    static final int I64_CONST = 0x42;
    static final int F32_CONST = 0x43;
    static final int F64_CONST = 0x44;
    static final int I32_NE = 0x47;
    static final int I32_LT_S = 0x48;
    static final int I64_LT_S = 0x53;
    static final int F32_EQ = 0x5b;
    static final int F64_EQ = 0x61;
    static final int I32_ADD = 0x6a;
    static final int I32_SUB = 0x6b;
    static final int I32_MUL = 0x6c;
    static final int I32_OR = 0x72;
    static final int I64_SUB = 0x7d;
    static final int I64_SHL = 0x86;
    static final int I64_SHR_U = 0x88;
    static final int I64_EXTEND_I32_U = 0xad;
    static final int PREFIX = 0xfc;
    static final int NO_RESULT = 0x40;

    private Opcodes() {}

    /** What an instruction without immediates does to the height of the operand stack. */
    static int effect(int opcode) {
        if (opcode == 0x1a) {
            return -1;
        }
        if (opcode == SELECT) {
            return -2;
        }
        boolean unary = opcode == 0x45
                || opcode == 0x50
                || between(opcode, 0x67, 0x69)
                || between(opcode, 0x79, 0x7b)
                || between(opcode, 0x8b, 0x91)
                || between(opcode, 0x99, 0x9f)
                || between(opcode, 0xa7, 0xc4)
                || opcode == 0xd1;
        if (unary || opcode == 0x01) {
            return 0;
        }
        if (between(opcode, 0x46, 0xa6)) {
            return -1;
        }
        throw unsupported(opcode);
    }

    /** Whether the result can be a NaN whose bits the specification leaves open, so that processors differ. */
    static boolean inventsNan32(int opcode) {
        return between(opcode, 0x8d, 0x97) || opcode == 0xb6;
    }

    static boolean inventsNan64(int opcode) {
        return between(opcode, 0x9b, 0xa5) || opcode == 0xbb;
    }

    private static boolean between(int opcode, int first, int last) {
        return opcode >= first && opcode <= last;
    }

    static BadModuleException unsupported(int opcode) {
        String feature = switch (opcode) {
            case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f -> "exceptions";
            case 0x12, 0x13, 0x15 -> "tail calls";
            case 0x14, 0xd3, 0xd4, 0xd5, 0xd6 -> "typed function references";
            case 0xfb -> "garbage-collected types";
            case 0xfd -> "vectors (SIMD)";
            case 0xfe -> "threads";
            default -> "";
        };
        String shown = "instruction 0x" + Integer.toHexString(opcode);
        return new BadModuleException(
                feature.isEmpty()
                        ? shown + " does not exist"
                        : shown + " belongs to a feature that is not supported: " + feature);
    }
}
