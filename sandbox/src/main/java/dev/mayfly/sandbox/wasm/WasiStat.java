package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.wasm.WasmEngine.GuestMemory;

/** The {@code filestat} structure: what a program learns about a file. */
final class WasiStat {
    static final int UNKNOWN = 0;
    static final int DIRECTORY = 3;
    static final int REGULAR = 4;
    static final int LINK = 7;

    private static final int BYTES = 64;
    private static final int DEVICE = 1;

    private WasiStat() {}

    static int type(VfsNode node) {
        return switch (node) {
            case VfsNode.Directory _ -> DIRECTORY;
            case VfsNode.File _ -> REGULAR;
            case VfsNode.Link _ -> LINK;
        };
    }

    static void write(GuestMemory memory, int out, VfsNode node) {
        memory.write(out, new byte[BYTES], 0, BYTES);
        memory.writeLong(out, DEVICE);
        memory.writeLong(out + 8, node.inode);
        memory.writeByte(out + 16, type(node));
        memory.writeLong(out + 24, node.links);
        memory.writeLong(out + 32, node.size());
        memory.writeLong(out + 40, node.accessNanos);
        memory.writeLong(out + 48, node.modifyNanos);
        memory.writeLong(out + 56, node.changeNanos);
    }

    static void writeStream(GuestMemory memory, int out) {
        memory.write(out, new byte[BYTES], 0, BYTES);
        memory.writeByte(out + 16, UNKNOWN);
        memory.writeLong(out + 24, 1);
    }

    /** @param which bits: 1 access time given, 2 access time now, 4 and 8 the same for modification */
    static void setTimes(VfsNode node, long access, long modify, int which, long now) {
        if ((which & 3) == 3 || (which & 12) == 12 || which > 15) {
            throw new WasiException(Errno.INVAL);
        }
        if ((which & 3) != 0) {
            node.accessNanos = (which & 1) != 0 ? access : now;
        }
        if ((which & 12) != 0) {
            node.modifyNanos = (which & 4) != 0 ? modify : now;
        }
        node.changeNanos = now;
    }
}
