package dev.mayfly.sandbox.box;

/** The named system-call allowlists, from tightest to widest. */
public enum SyscallProfile {
    STRICT,
    DEFAULT,
    LOOSE
}
