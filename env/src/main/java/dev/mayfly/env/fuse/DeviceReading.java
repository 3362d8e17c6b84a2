package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** The bytes of a file that is still arriving, out of its spool. What is not there is {@link Native#EIO}, never zeros. */
record DeviceReading(DeviceFile file, int node, Log log) implements Reading {
    @Override
    public Reads open(boolean mayWait, Native calls, Arena arena) {
        int fd = calls.open(arena.allocateFrom(file.spool().toString()), 0);
        if (fd < 0) {
            log.error().with("errno", -fd).with("file", file.spool()).log("what has arrived cannot be read");
        }
        return new Opened(fd, mayWait, calls);
    }

    @Override
    public CompletableFuture<?> begin(int wanted, long offset, int size) {
        int bytes = bytes(offset, size);
        return wanted == node && offset >= 0 && bytes > 0
                ? file.demand(offset, bytes)
                : CompletableFuture.completedFuture(wanted);
    }

    private int bytes(long offset, int size) {
        return (int) Math.min(size, Math.max(file.length() - offset, 0));
    }

    @Override
    public void close() {
        // The file is its owner's.
    }

    private final class Opened implements Reads {
        private final int fd;
        private final boolean mayWait;
        private final Native calls;

        Opened(int fd, boolean mayWait, Native calls) {
            this.fd = fd;
            this.mayWait = mayWait;
            this.calls = calls;
        }

        @Override
        public int read(int wanted, long offset, int size, MemorySegment to, long at) {
            if (wanted != node) {
                return -Native.EISDIR;
            }
            if (offset < 0 || size < 0) {
                return -Native.EINVAL;
            }
            int bytes = bytes(offset, size);
            if (bytes == 0) {
                return 0;
            }
            if (!file.ready(offset, bytes)) {
                return mayWait ? -Native.EIO : LATER;
            }
            return fully(offset, bytes, to.address() + at);
        }

        private int fully(long offset, int bytes, long address) {
            int done = 0;
            while (done < bytes) {
                long n = calls.pread(fd, address + done, bytes - done, offset + done);
                if (n <= 0 && n != -Native.EINTR) {
                    log.error().with("file", file.spool()).with("errno", -n).log("what has arrived cannot be read");
                    return -Native.EIO;
                }
                done += (int) Math.max(n, 0);
            }
            return done;
        }

        @Override
        public void close() {
            if (fd >= 0) {
                calls.close(fd);
            }
        }
    }
}
