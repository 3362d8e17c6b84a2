package dev.mayfly.platform.linux;

/** Flags of open(2) that have one value on x86-64 and aarch64 (include/uapi/asm-generic/fcntl.h). */
public final class OpenFlag {
    public static final int RDONLY = 0;
    public static final int WRONLY = 1;
    public static final int RDWR = 2;
    public static final int CREAT = 0100;
    public static final int EXCL = 0200;
    public static final int TRUNC = 01000;
    public static final int NONBLOCK = 04000;
    public static final int CLOEXEC = 02000000;

    private OpenFlag() {}
}
