package dev.mayfly.env.fuse;

import dev.mayfly.env.fuse.FuseAbi.Flag;
import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.InitIn;
import dev.mayfly.env.fuse.FuseAbi.InitOut;
import dev.mayfly.env.fuse.FuseAbi.Op;
import dev.mayfly.env.fuse.FuseAbi.OpenOut;
import dev.mayfly.env.fuse.FuseAbi.ReadIn;
import dev.mayfly.env.fuse.FuseAbi.Statfs;
import java.lang.foreign.MemorySegment;

/**
 * What is answered to each request. It has no state of its own: an answer depends on the request and on the view alone, so
 * any process that has the same view can go on where another stopped. Used by one thread; allocates nothing.
 *
 * <p>A request is not trusted: no length or offset in it is used before it was compared with the bytes that are there.
 */
final class Answers {
    /** No answer is sent: the kernel waits for none. */
    static final int NONE = Integer.MIN_VALUE + 1;

    /** The most that one READ may ask for: 256 pages, the most that Linux allows without being told otherwise. */
    static final int MOST = 1 << 20;

    private static final int PAGE = 4096;
    private static final int MAX_BACKGROUND = 64;
    private static final int CONGESTION = 48;
    /** Of READLINK; the kernel has one page for the target and its NUL. */
    private static final int LONGEST_TARGET = PAGE - 1;

    private static final long WANTED = Flag.ASYNC_READ
            | Flag.EXPORT_SUPPORT
            | Flag.DO_READDIRPLUS
            | Flag.NO_OPEN_SUPPORT
            | Flag.PARALLEL_DIROPS
            | Flag.ABORT_ERROR
            | Flag.MAX_PAGES
            | Flag.CACHE_SYMLINKS
            | Flag.NO_OPENDIR_SUPPORT
            | Flag.EXPLICIT_INVAL_DATA
            | Flag.INIT_EXT
            | Flag.HAS_RESEND;

    private final Nodes nodes;
    private final Reads contents;
    private final Backing backing;
    private final FuseOptions options;
    private final int count;

    Answers(Nodes nodes, Reads contents, Backing backing, FuseOptions options, int count) {
        this.nodes = nodes;
        this.contents = contents;
        this.backing = backing;
        this.options = options;
        this.count = count;
    }

    /**
     * Answers one request.
     *
     * @param length of what was read from the device; at least that of the header
     * @param at where in {@code to} the body of the answer goes; at least {@link #MOST} bytes follow
     * @return bytes of the body, {@link #NONE}, {@link Reads#LATER}, or a negative errno
     */
    int answer(MemorySegment request, int length, MemorySegment to, long at) {
        int opcode = Words.getInt(request, In.OPCODE);
        return switch (opcode) {
            case Op.FORGET, Op.BATCH_FORGET, Op.INTERRUPT -> NONE;
            case Op.INIT -> init(request, length, to, at);
            case Op.STATFS -> statfs(to, at);
            case Op.DESTROY -> 0;
            case Op.SETATTR, Op.SYMLINK, Op.MKNOD, Op.MKDIR, Op.UNLINK, Op.RMDIR, Op.RENAME -> -Native.EROFS;
            case Op.LINK, Op.WRITE, Op.SETXATTR, Op.REMOVEXATTR, Op.CREATE, Op.FALLOCATE -> -Native.EROFS;
            case Op.RENAME2, Op.COPY_FILE_RANGE, Op.TMPFILE -> -Native.EROFS;
            case Op.LOOKUP, Op.GETATTR, Op.READLINK, Op.OPEN, Op.READ, Op.READDIR, Op.READDIRPLUS, Op.RELEASE -> {
                int node = nodes.node(Words.getLong(request, In.NODE));
                yield node < 0 ? -Native.ENOENT : ofNode(opcode, node, request, length, to, at);
            }
            default -> -Native.ENOSYS;
        };
    }

    private int ofNode(int opcode, int node, MemorySegment request, int length, MemorySegment to, long at) {
        return switch (opcode) {
            case Op.LOOKUP -> lookup(node, request, length, to, at);
            case Op.GETATTR -> nodes.attributesOut(node, to, at);
            case Op.READLINK -> contents.read(node, 0, LONGEST_TARGET, to, at);
            case Op.READ -> read(node, request, length, to, at);
            case Op.READDIR, Op.READDIRPLUS -> list(opcode, node, request, length, to, at);
            case Op.OPEN -> open(node, to, at);
            case Op.RELEASE -> 0;
            default -> -Native.ENOSYS;
        };
    }

    /** The name is all that follows, with a NUL at its end and nowhere else. */
    private int lookup(int node, MemorySegment request, int length, MemorySegment to, long at) {
        int nameLength = length - In.SIZE - 1;
        if (nameLength < 1 || Words.getByte(request, length - 1L) != 0) {
            return -Native.EINVAL;
        }
        return nodes.lookup(node, request, In.SIZE, nameLength, to, at);
    }

    private int read(int node, MemorySegment request, int length, MemorySegment to, long at) {
        if (length < In.SIZE + ReadIn.SIZE) {
            return -Native.EINVAL;
        }
        long offset = Words.getLong(request, In.SIZE + ReadIn.OFFSET);
        return contents.read(node, offset, room(request), to, at);
    }

    private int list(int opcode, int node, MemorySegment request, int length, MemorySegment to, long at) {
        if (length < In.SIZE + ReadIn.SIZE) {
            return -Native.EINVAL;
        }
        long place = Words.getLong(request, In.SIZE + ReadIn.OFFSET);
        return nodes.list(node, place, room(request), opcode == Op.READDIRPLUS, to, at);
    }

    /** Unsigned in the protocol, and never more than there is room for. */
    private static int room(MemorySegment request) {
        int asked = Words.getInt(request, In.SIZE + ReadIn.BYTES);
        return asked < 0 ? MOST : Math.min(asked, MOST);
    }

    /** {@code ENOSYS} lets the kernel open files itself from then on, for the life of the connection. */
    private int open(int node, MemorySegment to, long at) {
        if (options.direct()) {
            Words.putLong(to, at, 0);
            Words.putInt(to, at + OpenOut.OPEN_FLAGS, FuseAbi.FOPEN_DIRECT_IO);
            Words.putInt(to, at + OpenOut.BACKING_ID, 0);
            return OpenOut.SIZE;
        }
        if (!options.passesThrough()) {
            return -Native.ENOSYS;
        }
        int id = backing.of(node);
        Words.putLong(to, at, 0);
        int flags = FuseAbi.FOPEN_NOFLUSH | (id > 0 ? FuseAbi.FOPEN_PASSTHROUGH : FuseAbi.FOPEN_KEEP_CACHE);
        Words.putInt(to, at + OpenOut.OPEN_FLAGS, flags);
        Words.putInt(to, at + OpenOut.BACKING_ID, Math.max(id, 0));
        return OpenOut.SIZE;
    }

    /** Agrees on what both sides know. A kernel of another major version asks again with ours. */
    private int init(MemorySegment request, int length, MemorySegment to, long at) {
        if (length < In.SIZE + InitIn.SHORT_SIZE) {
            return -Native.EINVAL;
        }
        int major = Words.getInt(request, In.SIZE + InitIn.MAJOR);
        int minor = Words.getInt(request, In.SIZE + InitIn.MINOR);
        if (major < FuseAbi.MAJOR || (major == FuseAbi.MAJOR && minor < FuseAbi.OLDEST_MINOR)) {
            return -Native.EPROTO;
        }
        long offered = Integer.toUnsignedLong(Words.getInt(request, In.SIZE + InitIn.FLAGS));
        if ((offered & Flag.INIT_EXT) != 0 && length >= In.SIZE + InitIn.SIZE) {
            offered |= Integer.toUnsignedLong(Words.getInt(request, In.SIZE + InitIn.FLAGS2)) << Integer.SIZE;
        }
        long flags = offered & (options.passesThrough() ? WANTED | Flag.PASSTHROUGH : WANTED);
        for (int i = 0; i < InitOut.SIZE; i += Long.BYTES) {
            Words.putLong(to, at + i, 0);
        }
        Words.putInt(to, at + InitOut.MAJOR, FuseAbi.MAJOR);
        Words.putInt(to, at + InitOut.MINOR, FuseAbi.NEWEST_MINOR);
        Words.putInt(to, at + InitOut.MAX_READAHEAD, Words.getInt(request, In.SIZE + InitIn.MAX_READAHEAD));
        Words.putInt(to, at + InitOut.FLAGS, (int) flags);
        Words.putInt(to, at + InitOut.FLAGS2, (int) (flags >>> Integer.SIZE));
        Words.putShort(to, at + InitOut.MAX_BACKGROUND, MAX_BACKGROUND);
        Words.putShort(to, at + InitOut.CONGESTION_THRESHOLD, CONGESTION);
        Words.putInt(to, at + InitOut.MAX_WRITE, PAGE);
        Words.putInt(to, at + InitOut.TIME_GRAN, 1);
        Words.putShort(to, at + InitOut.MAX_PAGES, MOST / PAGE);
        Words.putInt(to, at + InitOut.MAX_STACK_DEPTH, (flags & Flag.PASSTHROUGH) != 0 ? 1 : 0);
        return InitOut.SIZE;
    }

    /** A full disk of files: nothing can be added. */
    private int statfs(MemorySegment to, long at) {
        for (int i = 0; i < Statfs.SIZE; i += Long.BYTES) {
            Words.putLong(to, at + i, 0);
        }
        Words.putLong(to, at + Statfs.FILES, count);
        Words.putInt(to, at + Statfs.BSIZE, PAGE);
        Words.putInt(to, at + Statfs.FRSIZE, PAGE);
        Words.putInt(to, at + Statfs.NAMELEN, dev.mayfly.env.object.RawName.LONGEST);
        return Statfs.SIZE;
    }
}
