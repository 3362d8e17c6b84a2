package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.api.LimitHit;
import java.util.Set;

/** What one of the two writable trees may hold. A tree that may hold nothing is read-only. */
final class VfsQuota {
    /** Inodes and names together; each takes a few hundred bytes of heap that no block pays for. */
    static final int MAX_ENTRIES = 16_384;

    private final long maxBlocks;
    private final long maxFileBytes;
    private final Set<LimitHit> limitsHit;
    private long blocks;
    private long peakBlocks;
    private int entries;

    VfsQuota(long diskBytes, long maxFileBytes, Set<LimitHit> limitsHit) {
        this.maxBlocks = diskBytes / VfsNode.BLOCK;
        this.maxFileBytes = maxFileBytes;
        this.limitsHit = limitsHit;
    }

    boolean writable() {
        return maxBlocks > 0;
    }

    long maxFileBytes() {
        return maxFileBytes;
    }

    void fileTooLarge() {
        limitsHit.add(LimitHit.FILE_SIZE);
    }

    boolean takeBlocks(long count) {
        if (blocks + count > maxBlocks) {
            limitsHit.add(LimitHit.DISK);
            return false;
        }
        blocks += count;
        peakBlocks = Math.max(peakBlocks, blocks);
        return true;
    }

    void giveBlocks(long count) {
        blocks -= count;
    }

    void takeEntry() {
        if (entries >= MAX_ENTRIES) {
            limitsHit.add(LimitHit.DISK);
            throw new WasiException(Errno.NOSPC);
        }
        entries++;
    }

    void giveEntry() {
        entries--;
    }

    long peakBytes() {
        return peakBlocks * VfsNode.BLOCK;
    }
}
