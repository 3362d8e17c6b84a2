package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;

/** What a call returned: a value, or the errno it failed with. Which errors are expected is the caller's business. */
public record CallResult(long value, Errno errno) {
    static CallResult of(long value, int errno) {
        return value == -1 ? new CallResult(-1, Errno.of(errno)) : new CallResult(value, Errno.NONE);
    }

    public boolean ok() {
        return errno.number() == Errno.NONE.number();
    }

    public boolean failedWith(Errno expected) {
        return errno.number() == expected.number();
    }

    /** The value as a descriptor or pid; {@code what} reads like "open /dev/fuse". */
    public int orThrow(ErrorCode code, String what, String fix) {
        if (!ok()) {
            throw new MayflyException(code, what + " failed", errno.describe(), fix);
        }
        return Math.toIntExact(value);
    }
}
