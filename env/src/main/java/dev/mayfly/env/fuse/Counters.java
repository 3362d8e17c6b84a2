package dev.mayfly.env.fuse;

import dev.mayfly.env.fuse.FuseAbi.Op;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What one thread was asked; written by that thread, read by any. */
final class Counters {
    static final int LOOKUPS = 0;
    static final int ATTRIBUTES = 1;
    static final int LISTINGS = 2;
    static final int READS = 3;
    static final int READ_BYTES = 4;
    static final int OTHERS = 5;
    static final int ERRORS = 6;
    private static final int SIZE = 7;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[SIZE];

    void answered(int opcode, int body) {
        int cell = switch (opcode) {
            case Op.LOOKUP -> LOOKUPS;
            case Op.GETATTR -> ATTRIBUTES;
            case Op.READDIR, Op.READDIRPLUS -> LISTINGS;
            case Op.READ -> READS;
            default -> OTHERS;
        };
        add(cell, 1);
        if (opcode == Op.READ && body > 0) {
            add(READ_BYTES, body);
        }
        // ENOSYS tells the kernel how to go on, and EROFS is what a view is.
        if (body < 0 && body != -Native.ENOSYS && body != -Native.EROFS) {
            add(ERRORS, 1);
        }
    }

    private void add(int cell, long much) {
        CELL.setOpaque(cells, cell, (long) CELL.getOpaque(cells, cell) + much);
    }

    long get(int cell) {
        return (long) CELL.getOpaque(cells, cell);
    }
}
