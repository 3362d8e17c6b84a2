package dev.mayfly.sandbox.wasm;

/** A system call fails with a number; it ends at the call's edge and becomes its result. */
final class WasiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    WasiException(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
