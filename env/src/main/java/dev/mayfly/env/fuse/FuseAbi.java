package dev.mayfly.env.fuse;

/**
 * The words of the FUSE protocol: sizes and offsets in bytes, numbers of operations, flags. All from
 * include/uapi/linux/fuse.h of Linux; {@code FuseAbiTest} compares them with what a C compiler says about that header.
 * Every number is in the byte order of the machine.
 */
final class FuseAbi {
    static final int MAJOR = 7;

    /** 7.23 answers INIT with 64 bytes and is of 2013; what is older is refused. */
    static final int OLDEST_MINOR = 23;

    /** What this code was written against (Linux 6.18). */
    static final int NEWEST_MINOR = 41;

    /** The node of the root directory; a node of a view is one less than its number here. */
    static final long ROOT_ID = 1;

    private FuseAbi() {}

    /** struct fuse_in_header. */
    static final class In {
        static final int LEN = 0;
        static final int OPCODE = 4;
        static final int UNIQUE = 8;
        static final int NODE = 16;
        static final int SIZE = 40;

        private In() {}
    }

    /** struct fuse_out_header; the error is 0 or a negative errno. */
    static final class Out {
        static final int LEN = 0;
        static final int ERROR = 4;
        static final int UNIQUE = 8;
        static final int SIZE = 16;

        private Out() {}
    }

    /** struct fuse_init_in; older kernels send only the first 16 bytes. */
    static final class InitIn {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int FLAGS2 = 16;
        static final int SHORT_SIZE = 16;
        static final int SIZE = 64;

        private InitIn() {}
    }

    /** struct fuse_init_out. */
    static final class InitOut {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int MAX_BACKGROUND = 16;
        static final int CONGESTION_THRESHOLD = 18;
        static final int MAX_WRITE = 20;
        static final int TIME_GRAN = 24;
        static final int MAX_PAGES = 28;
        static final int FLAGS2 = 32;
        /** Not in headers before Linux 6.9, where it is the first of the unused words. */
        static final int MAX_STACK_DEPTH = 36;

        static final int SIZE = 64;

        private InitOut() {}
    }

    /** struct fuse_attr. */
    static final class Attr {
        static final int INO = 0;
        static final int BYTES = 8;
        static final int BLOCKS = 16;
        static final int ATIME = 24;
        static final int MTIME = 32;
        static final int CTIME = 40;
        static final int MODE = 60;
        static final int NLINK = 64;
        static final int UID = 68;
        static final int GID = 72;
        static final int BLKSIZE = 80;
        static final int SIZE = 88;

        private Attr() {}
    }

    /** struct fuse_entry_out. */
    static final class Entry {
        static final int NODE = 0;
        static final int ENTRY_VALID = 16;
        static final int ATTR_VALID = 24;
        static final int ATTR = 40;
        static final int SIZE = 128;

        private Entry() {}
    }

    /** struct fuse_attr_out. */
    static final class AttrOut {
        static final int ATTR_VALID = 0;
        static final int ATTR = 16;
        static final int SIZE = 104;

        private AttrOut() {}
    }

    /** struct fuse_open_out; the last word is padding before Linux 6.9. */
    static final class OpenOut {
        static final int OPEN_FLAGS = 8;
        static final int BACKING_ID = 12;
        static final int SIZE = 16;

        private OpenOut() {}
    }

    /** struct fuse_read_in, also of READDIR and READDIRPLUS. */
    static final class ReadIn {
        static final int OFFSET = 8;
        static final int BYTES = 16;
        static final int SIZE = 40;

        private ReadIn() {}
    }

    /** struct fuse_dirent; names are padded to eight bytes. */
    static final class Dirent {
        static final int INO = 0;
        static final int OFF = 8;
        static final int NAMELEN = 16;
        static final int TYPE = 20;
        static final int NAME = 24;

        private Dirent() {}
    }

    /** struct fuse_kstatfs, which is all of struct fuse_statfs_out. */
    static final class Statfs {
        static final int BLOCKS = 0;
        static final int FILES = 24;
        static final int BSIZE = 40;
        static final int NAMELEN = 44;
        static final int FRSIZE = 48;
        static final int SIZE = 80;

        private Statfs() {}
    }

    /** enum fuse_opcode. */
    static final class Op {
        static final int LOOKUP = 1;
        static final int FORGET = 2;
        static final int GETATTR = 3;
        static final int SETATTR = 4;
        static final int READLINK = 5;
        static final int SYMLINK = 6;
        static final int MKNOD = 8;
        static final int MKDIR = 9;
        static final int UNLINK = 10;
        static final int RMDIR = 11;
        static final int RENAME = 12;
        static final int LINK = 13;
        static final int OPEN = 14;
        static final int READ = 15;
        static final int WRITE = 16;
        static final int STATFS = 17;
        static final int RELEASE = 18;
        static final int SETXATTR = 21;
        static final int REMOVEXATTR = 24;
        static final int FLUSH = 25;
        static final int INIT = 26;
        static final int OPENDIR = 27;
        static final int READDIR = 28;
        static final int RELEASEDIR = 29;
        static final int CREATE = 35;
        static final int INTERRUPT = 36;
        static final int DESTROY = 38;
        static final int BATCH_FORGET = 42;
        static final int FALLOCATE = 43;
        static final int READDIRPLUS = 44;
        static final int RENAME2 = 45;
        static final int COPY_FILE_RANGE = 47;
        static final int TMPFILE = 51;

        private Op() {}
    }

    /** Flags of INIT; from bit 32 on they are in the second word. */
    static final class Flag {
        static final long ASYNC_READ = 1L;
        static final long EXPORT_SUPPORT = 1L << 4;
        static final long DO_READDIRPLUS = 1L << 13;
        static final long NO_OPEN_SUPPORT = 1L << 17;
        static final long PARALLEL_DIROPS = 1L << 18;
        static final long ABORT_ERROR = 1L << 21;
        static final long MAX_PAGES = 1L << 22;
        static final long CACHE_SYMLINKS = 1L << 23;
        static final long NO_OPENDIR_SUPPORT = 1L << 24;
        static final long EXPLICIT_INVAL_DATA = 1L << 25;
        static final long INIT_EXT = 1L << 30;
        /** Linux 6.9. */
        static final long PASSTHROUGH = 1L << 37;
        /** Linux 6.9. */
        static final long HAS_RESEND = 1L << 39;

        private Flag() {}
    }

    /** Flag of an answer to OPEN: every read comes here as it is, and the page cache keeps nothing. */
    static final int FOPEN_DIRECT_IO = 1;

    /** Flags of an answer to OPEN: keep what the page cache has, and ask for no FLUSH at close. */
    static final int FOPEN_KEEP_CACHE = 1 << 1;

    static final int FOPEN_NOFLUSH = 1 << 5;
    /** Linux 6.9. */
    static final int FOPEN_PASSTHROUGH = 1 << 7;

    /** enum fuse_notify_code; since Linux 6.9. */
    static final int NOTIFY_RESEND = 7;

    /** _IOR(229, 0, uint32_t). */
    static final long IOC_CLONE = 0x8004e500L;
    /** _IOW(229, 1, struct fuse_backing_map), since Linux 6.9: a descriptor, flags, and eight bytes that are 0. */
    static final long IOC_BACKING_OPEN = 0x4010e501L;
    /** _IOW(229, 2, uint32_t), since Linux 6.9. */
    static final long IOC_BACKING_CLOSE = 0x4004e502L;

    static final int BACKING_MAP_SIZE = 16;
}
