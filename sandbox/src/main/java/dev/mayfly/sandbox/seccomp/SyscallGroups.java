package dev.mayfly.sandbox.seccomp;

import java.util.List;

/**
 * System calls by what they are for. A name is in one group only; names that an architecture does not have (most of
 * what has a newer {@code *at} form) are left out there. Confining of files, addresses and signals is not done here but
 * by the mount, network and pid namespaces: these groups say which parts of the kernel a job may reach at all.
 */
final class SyscallGroups {
    private SyscallGroups() {}

    /** Reading, writing and looking around in the files the box shows. */
    static final List<String> FILES = names("""
            read write readv writev pread64 pwrite64 lseek close fstat stat lstat newfstatat statx open openat creat
            access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir getdents getdents64 fcntl flock
            dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 sendfile copy_file_range fadvise64
            truncate ftruncate fsync fdatasync statfs fstatfs umask
            mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
            chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat
            getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr getxattrat listxattrat close_range
            """);

    /** Own address space; mmap and mprotect are decided per profile. */
    static final List<String> MEMORY = names("munmap mremap madvise brk");

    /** Starting, ending and awaiting processes; clone is decided per profile. */
    static final List<String> PROCESSES = names("""
            execve exit exit_group fork vfork wait4 waitid kill tkill tgkill
            getpid getppid gettid getpgrp getpgid setpgid getsid setsid
            getuid geteuid getgid getegid getresuid getresgid getgroups
            getrlimit prlimit64 getrusage times sysinfo uname
            """);

    /** What the C library and the loader need before main. */
    static final List<String> RUNTIME = names("""
            arch_prctl set_tid_address set_robust_list get_robust_list rseq futex getrandom restart_syscall
            sched_yield sched_getaffinity getcpu
            """);

    /**
     * Not called by programs but by the trampolines of uprobes. A kernel that filters them (6.11 to 6.13) would kill
     * whatever runs in a library that somebody traces from outside.
     */
    static final List<String> TRACED_FROM_OUTSIDE = names("uretprobe uprobe");

    static final List<String> SIGNALS = names("""
            rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
            pause alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete
            """);

    static final List<String> TIME = names("""
            time gettimeofday clock_gettime clock_getres nanosleep clock_nanosleep
            """);

    /** Less common work on files; all of it under the permissions of an unprivileged user. */
    static final List<String> MORE_FILES = names("""
            openat2 fallocate readahead preadv preadv2 pwritev pwritev2 splice tee vmsplice
            sync syncfs sync_file_range
            setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat
            file_getattr file_setattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch memfd_create
            """);

    static final List<String> MORE_MEMORY = names("""
            mincore mlock mlock2 munlock mlockall munlockall msync pkey_alloc pkey_free pkey_mprotect
            map_shadow_stack mseal
            """);

    static final List<String> THREADS = names("""
            futex_waitv futex_wait futex_wake futex_requeue membarrier
            sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler
            sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_getattr sched_setattr
            getpriority setpriority ioprio_get ioprio_set
            """);

    static final List<String> MORE_PROCESSES = names("""
            execveat setrlimit pidfd_open pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo
            setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capget capset
            """);

    static final List<String> WAITING =
            names("epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2");

    static final List<String> EVENTS = names("""
            eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime
            """);

    /**
     * All processes of the machine share one budget of these, fs.aio-max-nr, which one job could hold alone. Databases
     * fall back to threads when a kernel has them not.
     */
    static final List<String> HOST_WIDE_BUDGET =
            names("io_setup io_submit io_getevents io_pgetevents io_cancel io_destroy");

    /** Bounded by the ipc namespace of the box. */
    static final List<String> IPC = names("""
            shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
            mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
            """);

    /** A shell asks this of its stdin at every start, to see whether it was started by a network daemon. */
    static final List<String> SOCKET_QUESTION = names("getpeername");

    /** Use of sockets; making them (socket, socketpair) and their options are decided per profile. */
    static final List<String> SOCKETS = names("""
            bind connect listen accept accept4 getsockname shutdown getsockopt
            sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg
            """);

    /** A process may give up rights. */
    static final List<String> SELF_RESTRICTION = names("""
            landlock_create_ruleset landlock_add_rule landlock_restrict_self
            """);

    /** Answered ENOSYS by every kernel in use: never written, or removed long ago. */
    static final List<String> DEAD = names("""
            _sysctl afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms getpmsg nfsservctl putpmsg
            query_module security tuxcall vserver uselib lookup_dcookie get_thread_area set_thread_area
            """);

    /** A kernel without CONFIG_NUMA has none of these, so libnuma and its users take ENOSYS for an answer. */
    static final List<String> NUMA = names("""
            mbind set_mempolicy get_mempolicy set_mempolicy_home_node migrate_pages move_pages
            """);

    /** Young calls that only inform; libraries try them first and then go the old way. */
    static final List<String> YOUNG_PROBES = names("""
            statmount listmount cachestat lsm_get_self_attr lsm_set_self_attr lsm_list_modules
            """);

    /** For debuggers and profilers inside the box; the pid namespace bounds whom they reach. */
    static final List<String> DEBUGGING = names("""
            ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise process_mrelease
            """);

    /** Harmless to the host as far as known, but seldom needed and a wider surface. */
    static final List<String> SELDOM = names("""
            seccomp memfd_secret name_to_handle_at adjtimex remap_file_pages
            """);

    private static List<String> names(String text) {
        return List.of(text.strip().split("\\s+"));
    }
}
