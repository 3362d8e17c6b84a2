package dev.mayfly.sandbox.wasm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** An inode of the in-memory tree. Belongs to the one thread that runs the program. */
abstract sealed class VfsNode {
    static final int BLOCK = 4096;

    final long inode;
    final VfsQuota quota;
    int links;
    long accessNanos;
    long modifyNanos;
    long changeNanos;

    VfsNode(long inode, VfsQuota quota, long now) {
        this.inode = inode;
        this.quota = quota;
        this.accessNanos = now;
        this.modifyNanos = now;
        this.changeNanos = now;
    }

    abstract long size();

    void touch(long now) {
        modifyNanos = now;
        changeNanos = now;
    }

    /** A directory; its entries are sorted, so listings never depend on anything else. */
    static final class Directory extends VfsNode {
        final NavigableMap<String, VfsNode> entries = new TreeMap<>();
        boolean removed;

        Directory(long inode, VfsQuota quota, long now) {
            super(inode, quota, now);
        }

        @Override
        long size() {
            return entries.size();
        }
    }

    /** A symbolic link; the target is relative. */
    static final class Link extends VfsNode {
        final String target;

        Link(long inode, VfsQuota quota, long now, String target) {
            super(inode, quota, now);
            this.target = target;
        }

        @Override
        long size() {
            return target.length();
        }
    }

    /** A regular file in blocks; blocks never written take no room. It lives until no name and no descriptor has it. */
    static final class File extends VfsNode {
        private final Map<Long, byte[]> blocks = new HashMap<>();
        private long size;
        private int descriptors;

        File(long inode, VfsQuota quota, long now) {
            super(inode, quota, now);
        }

        @Override
        long size() {
            return size;
        }

        void opened() {
            descriptors++;
        }

        void closed() {
            descriptors--;
            freeIfUnreachable();
        }

        void freeIfUnreachable() {
            if (links == 0 && descriptors == 0) {
                resize(0);
            }
        }

        int read(long offset, byte[] into, int from, int length) {
            if (offset >= size) {
                return 0;
            }
            int count = (int) Math.min(length, size - offset);
            int done = 0;
            while (done < count) {
                long at = offset + done;
                int inBlock = (int) (at % BLOCK);
                int step = Math.min(BLOCK - inBlock, count - done);
                byte[] block = blocks.get(at / BLOCK);
                if (block != null) {
                    System.arraycopy(block, inBlock, into, from + done, step);
                } // else the array is zero there already: callers pass fresh ones
                done += step;
            }
            return count;
        }

        /** Writes what fits into size limit and quota; less than asked is a short write, nothing at all an error. */
        int write(long offset, byte[] bytes, int from, int length) {
            if (length == 0) {
                return 0;
            }
            long room = quota.maxFileBytes() - offset;
            if (room <= 0) {
                quota.fileTooLarge();
                throw new WasiException(Errno.FBIG);
            }
            if (length > room) {
                quota.fileTooLarge();
            }
            int count = (int) Math.min(length, room);
            int done = 0;
            while (done < count) {
                long at = offset + done;
                int inBlock = (int) (at % BLOCK);
                int step = Math.min(BLOCK - inBlock, count - done);
                byte[] block = blocks.get(at / BLOCK);
                if (block == null) {
                    if (!quota.takeBlocks(1)) {
                        break;
                    }
                    block = new byte[BLOCK];
                    blocks.put(at / BLOCK, block);
                }
                System.arraycopy(bytes, from + done, block, inBlock, step);
                done += step;
            }
            if (done == 0) {
                throw new WasiException(Errno.NOSPC);
            }
            size = Math.max(size, offset + done);
            return done;
        }

        void resize(long wanted) {
            if (wanted > quota.maxFileBytes()) {
                quota.fileTooLarge();
                throw new WasiException(Errno.FBIG);
            }
            if (wanted < size) {
                long firstGone = (wanted + BLOCK - 1) / BLOCK;
                int before = blocks.size();
                blocks.keySet().removeIf(block -> block >= firstGone);
                quota.giveBlocks(before - blocks.size());
                byte[] edge = blocks.get(wanted / BLOCK);
                if (edge != null) {
                    Arrays.fill(edge, (int) (wanted % BLOCK), BLOCK, (byte) 0);
                }
            }
            size = wanted;
        }
    }
}
