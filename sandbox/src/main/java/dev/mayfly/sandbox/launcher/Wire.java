package dev.mayfly.sandbox.launcher;

/** Numbers of the launcher protocol; the same as the enums in {@code launcher.h}. A tag belongs to its frame type. */
final class Wire {
    static final int FRAME_MAX = 64 << 20;
    static final int HEADER = 8;
    /** Most the launcher keeps of the head, and of the tail, of a stream. */
    static final int KEEP_MAX = 12 << 20;

    static final int READ_MAX = 16 << 20;

    static final int CONFIG = 1;
    static final int RUN = 2;
    static final int CANCEL = 3;
    static final int LIST = 4;
    static final int READ = 5;
    static final int RESET = 6;
    static final int READY = 101;
    static final int STARTED = 102;
    static final int EXITED = 103;
    static final int REFUSED = 104;
    static final int ENTRY = 105;
    static final int END = 106;
    static final int DATA = 107;
    static final int RESET_DONE = 108;
    static final int ERROR = 109;

    /** What a slot is told once. */
    static final class Config {
        static final int UID_BASE = 1;
        static final int GID_BASE = 2;
        static final int BIND = 3;
        static final int SYMLINK = 4;
        static final int ETC_FILE = 5;
        static final int HOSTNAME = 6;
        static final int CGROUP2_DIR = 7;
        static final int CGROUP_KILL = 8;
        static final int CPU_USAGE = 9;
        static final int OOM_FILE = 10;
        static final int PIDS_FILE = 11;

        private Config() {}
    }

    /** What one run is told. */
    static final class Run {
        static final int ARG = 1;
        static final int ENV = 2;
        static final int CWD = 3;
        static final int STDIN = 4;
        static final int FILE = 5;
        static final int JOB_BIND = 6;
        static final int WALL_MS = 7;
        static final int CPU_MS = 8;
        static final int RLIMIT = 9;
        static final int DISK_BYTES = 10;
        static final int INODES = 11;
        static final int STDOUT_HEAD = 12;
        static final int STDOUT_TAIL = 13;
        static final int SECCOMP = 14;
        static final int FLAGS = 15;
        static final long FLAG_LANDLOCK = 1;
        static final long FLAG_NETWORK = 2;

        private Run() {}
    }

    /** What a run comes back with. */
    static final class Exited {
        static final int STATUS_KIND = 1;
        static final int STATUS_CODE = 2;
        static final int REASON = 3;
        static final int WALL_NS = 4;
        static final int CPU_NS = 5;
        static final int MAXRSS_KB = 6;
        static final int KILL_NS = 7;
        static final int OUT_TOTAL = 8;
        static final int OUT_HEAD = 9;
        static final int OUT_TAIL = 10;
        static final int ERR_TOTAL = 11;
        static final int ERR_HEAD = 12;
        static final int ERR_TAIL = 13;
        static final int DENIED = 14;
        static final int OOM_COUNT = 15;
        static final int PIDS_COUNT = 16;
        static final long REASON_WALL = 1;
        static final long REASON_CPU = 2;
        static final long REASON_CANCELLED = 4;
        static final long REASON_OOM = 8;
        static final long REASON_PIDS = 16;
        static final long REASON_DISK = 32;

        private Exited() {}
    }

    private Wire() {}
}
