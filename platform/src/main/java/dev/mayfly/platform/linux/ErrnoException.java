package dev.mayfly.platform.linux;

import java.io.IOException;

/** A call on files that the kernel refused, with the number it gave. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int number;

    ErrnoException(String what, Errno errno) {
        super(what + ": " + errno.describe());
        this.number = errno.number();
    }

    public Errno errno() {
        return Errno.of(number);
    }
}
