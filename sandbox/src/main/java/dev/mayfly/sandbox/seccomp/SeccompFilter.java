package dev.mayfly.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A finished filter. Immutable; generate once per profile and keep it. */
public final class SeccompFilter {
    private final List<Instruction> program;

    SeccompFilter(List<Instruction> program) {
        this.program = program;
    }

    /** {@code struct sock_filter[]}, little endian, as seccomp(2) and {@code bwrap --seccomp} take it; a fresh copy. */
    public byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(program.size() * Instruction.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction each : program) {
            bytes.putShort((short) each.code());
            bytes.put((byte) each.jumpTrue());
            bytes.put((byte) each.jumpFalse());
            bytes.putInt(each.operand());
        }
        return bytes.array();
    }

    /** How many instructions; the kernel takes up to 4096. */
    public int length() {
        return program.size();
    }

    List<Instruction> program() {
        return program;
    }
}
