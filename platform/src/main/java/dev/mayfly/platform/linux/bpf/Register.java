package dev.mayfly.platform.linux.bpf;

/** R0 result, R1 to R5 arguments (lost by a call), R6 to R9 kept over calls, R10 the frame (read only). */
public enum Register {
    R0(0),
    R1(1),
    R2(2),
    R3(3),
    R4(4),
    R5(5),
    R6(6),
    R7(7),
    R8(8),
    R9(9),
    R10(10);

    private final int number;

    Register(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
