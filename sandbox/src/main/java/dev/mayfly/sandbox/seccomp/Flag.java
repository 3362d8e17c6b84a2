package dev.mayfly.sandbox.seccomp;

/** Values of the kernel's interface headers (include/uapi/linux and asm-generic), equal on x86-64 and aarch64. */
final class Flag {
    private Flag() {}

    static final int CLONE_THREAD = 0x00010000;
    /** NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    static final int CLONE_NEW =
            0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
    /** Only unshare takes it: for clone this bit belongs to the exit signal. */
    static final int CLONE_NEWTIME = 0x00000080;

    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;

    static final int TCGETS = 0x5401;
    static final int TIOCGPGRP = 0x540F;
    static final int TIOCSTI = 0x5412;
    static final int TIOCGWINSZ = 0x5413;
    static final int FIONREAD = 0x541B;
    static final int TIOCLINUX = 0x541C;
    static final int FIONBIO = 0x5421;
    static final int TIOCSETD = 0x5423;
    static final int FIONCLEX = 0x5450;
    static final int FIOCLEX = 0x5451;
    /** _IOR('T', 0x2A, struct termios2): isatty() of C libraries since 2025. */
    static final int TCGETS2 = 0x802C542A;

    /** Sharing extents between files: what cp tries first. */
    static final int FICLONE = 0x40049409;

    static final int FICLONERANGE = 0x4020940D;

    static final Integer[] HARMLESS_IOCTLS = {
        FICLONE, FICLONERANGE, TCGETS, TCGETS2, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
    };
    /** Typing into somebody's terminal (STI, LINUX), and line disciplines, which load kernel modules on demand. */
    static final Integer[] TERMINAL_IOCTLS = {TIOCSTI, TIOCLINUX, TIOCSETD};

    static final int PR_SET_PDEATHSIG = 1;
    static final int PR_GET_DUMPABLE = 3;
    static final int PR_SET_NAME = 15;
    static final int PR_GET_NAME = 16;
    static final int PR_SET_SECCOMP = 22;
    static final int PR_CAPBSET_READ = 23;
    static final int PR_SET_MM = 35;
    static final int PR_GET_NO_NEW_PRIVS = 39;
    static final int PR_SET_SYSCALL_USER_DISPATCH = 59;
    static final int PR_SCHED_CORE = 62;
    /** Names anonymous memory; memory allocators and Go call it. */
    static final int PR_SET_VMA = 0x53564D41;

    static final Integer[] HARMLESS_PRCTLS = {
        PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS, PR_SET_VMA
    };

    static final int PER_LINUX = 0;
    /** Asks for the current personality without changing it. */
    static final int PER_QUERY = 0xFFFFFFFF;

    /** With PER_LINUX32, UNAME26 and ADDR_NO_RANDOMIZE: what setarch and debuggers ask for. */
    static final Integer[] LOOSE_PERSONALITIES = {PER_LINUX, PER_QUERY, 0x8, 0x20000, 0x20008, 0x40000};

    static final int S_IFMT = 0xF000;
    static final int S_IFIFO = 0x1000;
    static final int S_IFREG = 0x8000;
    static final int S_IFSOCK = 0xC000;

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int NETLINK_ROUTE = 0;

    /** The type without SOCK_CLOEXEC and SOCK_NONBLOCK; what is left must match whole, so unknown bits are denied. */
    static final int SOCK_TYPE = ~(0x80000 | 0x800);

    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_SEQPACKET = 5;
    static final int IPPROTO_TCP = 6;
    static final int IPPROTO_UDP = 17;
    static final int IPPROTO_MPTCP = 262;

    static final int SOL_SOCKET = 1;
    /** SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF. */
    static final Integer[] FILTER_OPTIONS = {26, 50, 51, 52};

    static final int EPROTONOSUPPORT = 93;
    static final int EAFNOSUPPORT = 97;
}
