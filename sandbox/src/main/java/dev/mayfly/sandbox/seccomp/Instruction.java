package dev.mayfly.sandbox.seccomp;

/**
 * One {@code struct sock_filter}.
 *
 * @param code BPF_* opcode, include/uapi/linux/bpf_common.h
 * @param jumpTrue instructions to skip when the test holds, 0..255
 * @param jumpFalse instructions to skip when it does not, 0..255
 * @param operand the constant k
 */
record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {
    /** BPF_LD|BPF_W|BPF_ABS: load a word of struct seccomp_data. */
    static final int LOAD = 0x20;
    /** BPF_ALU|BPF_AND|BPF_K. */
    static final int AND = 0x54;
    /** BPF_JMP|BPF_JA. */
    static final int GOTO = 0x05;
    /** BPF_JMP|BPF_JEQ|BPF_K. */
    static final int IF_EQUAL = 0x15;
    /** BPF_JMP|BPF_JGE|BPF_K, unsigned. */
    static final int IF_AT_LEAST = 0x35;
    /** BPF_RET|BPF_K. */
    static final int RETURN = 0x06;
    /** sizeof(struct sock_filter). */
    static final int BYTES = 8;

    Instruction {
        if (jumpTrue < 0 || jumpTrue > 255 || jumpFalse < 0 || jumpFalse > 255) {
            throw new IllegalArgumentException(
                    "a conditional jump reaches 255 instructions, not " + jumpTrue + "/" + jumpFalse);
        }
    }
}
