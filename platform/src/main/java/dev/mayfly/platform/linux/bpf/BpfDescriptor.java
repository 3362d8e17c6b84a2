package dev.mayfly.platform.linux.bpf;

import dev.mayfly.platform.linux.Libc;
import java.util.concurrent.atomic.AtomicInteger;

/** A descriptor that bpf(2) gave out; closing it lets the kernel drop what it stands for. */
public class BpfDescriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger fd;

    BpfDescriptor(int fd) {
        this.fd = new AtomicInteger(fd);
    }

    /** The number; -1 after close, which every call answers with EBADF. */
    public final int fd() {
        return fd.get();
    }

    @Override
    public final void close() {
        int open = fd.getAndSet(CLOSED);
        if (open != CLOSED) {
            Libc.close(open);
        }
    }
}
