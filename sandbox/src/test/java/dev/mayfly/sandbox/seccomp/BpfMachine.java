package dev.mayfly.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs a seccomp filter as the kernel would, from its bytes. It first checks what the kernel checks when a filter is
 * loaded (seccomp_check_filter and bpf_check_classic): known opcodes, aligned loads inside struct seccomp_data, jumps
 * inside the program, a return at the end.
 */
final class BpfMachine {
    static final int KILL_PROCESS = 0x80000000;
    static final int USER_NOTIF = 0x7fc00000;
    static final int ALLOW = 0x7fff0000;
    static final int ERRNO = 0x00050000;

    private static final int DATA_SIZE = 64;

    private final ByteBuffer program;
    private final int length;

    BpfMachine(byte[] bytes) {
        if (bytes.length == 0 || bytes.length % 8 != 0 || bytes.length / 8 > 4096) {
            throw new IllegalArgumentException("not a filter: " + bytes.length + " bytes");
        }
        this.program = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.length = bytes.length / 8;
        for (int i = 0; i < length; i++) {
            verify(i);
        }
        if (code(length - 1) != 0x06) {
            throw new IllegalArgumentException("the last instruction does not return");
        }
    }

    /** What the filter said and how many instructions it took. */
    record Outcome(int value, int steps) {}

    Outcome run(int arch, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(DATA_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(arch).putLong(0x7f00_1234_5678L);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int accumulator = 0;
        int steps = 0;
        for (int pc = 0; ; pc++) {
            steps++;
            int k = operand(pc);
            switch (code(pc)) {
                case 0x20 -> accumulator = data.getInt(k);
                case 0x54 -> accumulator &= k;
                case 0x05 -> pc += k;
                case 0x15 -> pc += accumulator == k ? yes(pc) : no(pc);
                case 0x35 -> pc += Integer.compareUnsigned(accumulator, k) >= 0 ? yes(pc) : no(pc);
                case 0x06 -> {
                    return new Outcome(k, steps);
                }
                default -> throw new IllegalStateException("verified above");
            }
        }
    }

    private void verify(int pc) {
        int k = operand(pc);
        boolean good = switch (code(pc)) {
            case 0x20 -> k >= 0 && k < DATA_SIZE && k % 4 == 0;
            case 0x54, 0x06 -> true;
            case 0x05 -> k >= 0 && pc + 1 + k < length;
            case 0x15, 0x35 -> pc + 1 + yes(pc) < length && pc + 1 + no(pc) < length;
            default -> false;
        };
        if (!good) {
            throw new IllegalArgumentException(
                    "the kernel would refuse instruction " + pc + " (code " + code(pc) + ")");
        }
    }

    private int code(int pc) {
        return program.getShort(pc * 8);
    }

    private int yes(int pc) {
        return Byte.toUnsignedInt(program.get(pc * 8 + 2));
    }

    private int no(int pc) {
        return Byte.toUnsignedInt(program.get(pc * 8 + 3));
    }

    private int operand(int pc) {
        return program.getInt(pc * 8 + 4);
    }
}
