package dev.mayfly.env.fuse;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** Reads payloads from the files they lie in. Allocates nothing for one that was read a moment ago, unless it is verified. */
final class Contents implements Reads {
    private static final OpenFiles.OpenFile[] NO_FILES = new OpenFiles.OpenFile[0];

    private final View view;
    private final Sources sources;
    private final boolean verified;
    private final boolean mayWait;
    private final Native calls;
    private final Log log;
    private final OpenFiles open;

    /** Which file a node lies in: nodes find their slot by their last bits. */
    private final int[] nodes;

    private final long[] starts;
    private final OpenFiles.OpenFile[] files;
    private final FileRange[] ranges;

    private final MemorySegment chunk;
    private final byte[] chunkBytes;
    private final MessageDigest hash = Hashing.sha256();
    private int chunkNode = -1;
    private long chunkAt = -1;

    /** @param mayWait whether this thread may be kept from everything else while content is fetched or verified */
    Contents(View view, Sources sources, FuseOptions options, boolean mayWait, Native calls, Arena arena, Log log) {
        this.view = view;
        this.sources = sources;
        this.verified = options.verified();
        this.mayWait = mayWait;
        this.calls = calls;
        this.log = log;
        int slots = Integer.highestOneBit(options.descriptors()) * 4;
        this.open = new OpenFiles(calls, options.descriptors());
        this.nodes = new int[slots];
        Arrays.fill(nodes, -1);
        this.starts = new long[slots];
        this.files = Arrays.copyOf(NO_FILES, slots);
        this.ranges = new FileRange[slots];
        this.chunk = verified ? arena.allocate(ChunkDigests.CHUNK, Long.BYTES) : MemorySegment.NULL;
        this.chunkBytes = new byte[verified ? ChunkDigests.CHUNK : 0];
    }

    @Override
    public int read(int node, long offset, int size, MemorySegment to, long at) {
        if (view.isDirectory(node)) {
            return -Native.EISDIR;
        }
        if (offset < 0 || size < 0) {
            return -Native.EINVAL;
        }
        int wanted = (int) Math.min(size, Math.max(view.size(node) - offset, 0));
        if (wanted == 0) {
            return 0;
        }
        int slot = node & (nodes.length - 1);
        try {
            if (nodes[slot] != node || files[slot].fd() < 0) {
                int opened = open(node, slot);
                if (opened < 0) {
                    return opened;
                }
            }
            return verified
                    ? readVerified(node, slot, offset, wanted, to, at)
                    : readFully(node, slot, offset, wanted, to.address() + at);
        } catch (MayflyException e) {
            log.error()
                    .with("code", e.code().label())
                    .with("path", view.path(node))
                    .with("digest", view.object(node))
                    .with("why", e.why())
                    .log("a file cannot be read");
            nodes[slot] = -1;
            return -Native.EIO;
        }
    }

    private int open(int node, int slot) {
        Optional<FileRange> here = sources.local(node);
        if (here.isEmpty() && !mayWait) {
            return LATER;
        }
        FileRange range = here.isPresent() ? here.get() : sources.fetch(node);
        if (range.length() != view.size(node)) {
            throw Hashing.corrupt(
                    view.object(node), "it has " + range.length() + " bytes and should have " + view.size(node));
        }
        OpenFiles.OpenFile file = open.open(range.file());
        if (file.fd() == -Native.ENOENT && here.isPresent()) {
            // Packs become one with others at any moment; whoever looks again finds the new one.
            range = sources.local(node).orElse(range);
            file = open.open(range.file());
        }
        if (file.fd() < 0) {
            return failed(node, "open", file.fd());
        }
        nodes[slot] = node;
        starts[slot] = range.offset();
        files[slot] = file;
        ranges[slot] = range;
        return 0;
    }

    private int readFully(int node, int slot, long offset, int wanted, long address) {
        int done = 0;
        while (done < wanted) {
            long n = calls.pread(files[slot].fd(), address + done, wanted - done, starts[slot] + offset + done);
            if (n <= 0 && n != -Native.EINTR) {
                return n == 0 ? tooShort(node, slot) : failed(node, "read", (int) n);
            }
            done += (int) Math.max(n, 0);
        }
        return done;
    }

    /** The next try opens the file anew: it may have been healed by then. */
    private int tooShort(int node, int slot) {
        open.forget(ranges[slot].file());
        throw Hashing.corrupt(view.object(node), ranges[slot].file() + " ends too early");
    }

    private int failed(int node, String call, int error) {
        log.error()
                .with("path", view.path(node))
                .with("digest", view.object(node))
                .with("call", call)
                .with("errno", -error)
                .log("a file cannot be read");
        return -Native.EIO;
    }

    private int readVerified(int node, int slot, long offset, int wanted, MemorySegment to, long at) {
        int done = 0;
        while (done < wanted) {
            long position = offset + done;
            long start = position - position % ChunkDigests.CHUNK;
            int loaded = load(node, slot, start);
            if (loaded < 0) {
                return loaded;
            }
            int from = (int) (position - start);
            int n = Math.min(wanted - done, loaded - from);
            MemorySegment.copy(chunkBytes, from, to, ValueLayout.JAVA_BYTE, at + done, n);
            done += n;
        }
        return done;
    }

    /** Has the piece that begins there in the buffer, checked; answers with its bytes or what {@link #read} would. */
    private int load(int node, int slot, long start) {
        int bytes = (int) Math.min(view.size(node) - start, ChunkDigests.CHUNK);
        if (chunkNode == node && chunkAt == start) {
            return bytes;
        }
        Digest expected = view.object(node);
        if (view.size(node) > ChunkDigests.CHUNK) {
            Optional<ChunkDigests> known = sources.chunks(node);
            if (known.isEmpty() && !mayWait) {
                return LATER;
            }
            ChunkDigests pieces = known.isPresent() ? known.get() : sources.verify(node, ranges[slot]);
            expected = pieces.chunks().get((int) (start / ChunkDigests.CHUNK));
        }
        chunkNode = -1;
        int had = readFully(node, slot, start, bytes, chunk.address());
        if (had < 0) {
            return had;
        }
        MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, chunkBytes, 0, bytes);
        if (!Digest.at(ChunkDigests.digest(hash, chunkBytes, bytes), 0).equals(expected)) {
            open.forget(ranges[slot].file());
            throw Hashing.corrupt(
                    view.object(node), "bytes from " + start + " on of " + ranges[slot].file() + " differ");
        }
        chunkNode = node;
        chunkAt = start;
        return bytes;
    }

    @Override
    public void close() {
        open.close();
    }
}
