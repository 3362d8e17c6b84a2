package dev.mayfly.sandbox.seccomp;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.util.Set;

/**
 * What each profile must answer, stated the other way round than the program does: the program lists what is allowed,
 * this lists what is not. Whoever changes a profile changes both, and a name that slips into a list by accident, or a
 * call added to the tables without a decision, is found.
 */
final class Expected {
    private Expected() {}

    enum Say {
        ALLOW,
        DENY,
        NO_SUCH_CALL,
        NO_SUCH_PROTOCOL,
        NO_SUCH_FAMILY
    }

    private static final Set<String> NEVER_THERE = set("""
            clone3 _sysctl afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms getpmsg nfsservctl
            putpmsg query_module security tuxcall vserver uselib lookup_dcookie get_thread_area set_thread_area
            """);

    private static final Set<String> THERE_WHEN_LOOSE = set("""
            mbind set_mempolicy get_mempolicy set_mempolicy_home_node migrate_pages move_pages
            statmount listmount cachestat lsm_get_self_attr lsm_set_self_attr lsm_list_modules
            """);

    private static final Set<String> DENIED_WHEN_STRICT_ELSE_NOT_THERE =
            set("io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit");

    /** Denied by all three. */
    private static final Set<String> ALWAYS_DENIED = set("""
            acct add_key bpf chroot clock_adjtime clock_settime delete_module fanotify_init fanotify_mark finit_module
            fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl
            kexec_file_load kexec_load keyctl listns modify_ldt mount mount_setattr move_mount open_by_handle_at
            open_tree open_tree_attr perf_event_open pivot_root quotactl quotactl_fd reboot request_key setdomainname
            sethostname setns settimeofday swapoff swapon sysfs syslog umount2 userfaultfd ustat vhangup
            """);

    private static final Set<String> DENIED_UNLESS_LOOSE = set("""
            adjtimex kcmp memfd_secret name_to_handle_at pidfd_getfd process_madvise process_mrelease
            process_vm_readv process_vm_writev ptrace remap_file_pages seccomp unshare
            """);

    private static final Set<String> DENIED_WHEN_STRICT = set("""
            accept accept4 bind capget capset connect eventfd eventfd2 execveat fallocate file_getattr file_setattr
            fremovexattr fsetxattr futex_requeue futex_wait futex_waitv futex_wake getpriority getsockname getsockopt
            inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioprio_get ioprio_set landlock_add_rule landlock_create_ruleset landlock_restrict_self
            listen lremovexattr lsetxattr map_shadow_stack membarrier memfd_create mincore mlock mlock2 mlockall
            mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mseal msgctl msgget msgrcv msgsnd
            msync munlock munlockall openat2 personality pidfd_open pidfd_send_signal pkey_alloc pkey_free pkey_mprotect
            preadv preadv2 pwritev pwritev2 readahead recvfrom recvmmsg recvmsg removexattr removexattrat
            rt_sigqueueinfo rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getattr
            sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
            sched_setscheduler semctl semget semop semtimedop sendmmsg sendmsg sendto setfsgid setfsuid setgid setgroups
            setpriority setregid setresgid setresuid setreuid setrlimit setsockopt setuid setxattr setxattrat shmat
            shmctl shmdt shmget shutdown signalfd signalfd4 socketpair splice sync sync_file_range syncfs tee
            timerfd_create timerfd_gettime timerfd_settime vmsplice
            """);

    /** The answer to a call of this name with these arguments. */
    static Say of(SyscallProfile profile, String name, long[] a) {
        boolean strict = profile == SyscallProfile.STRICT;
        boolean loose = profile == SyscallProfile.LOOSE;
        if (name.startsWith("syscall ") || NEVER_THERE.contains(name)) {
            return Say.NO_SUCH_CALL;
        }
        if (THERE_WHEN_LOOSE.contains(name)) {
            return loose ? Say.ALLOW : Say.NO_SUCH_CALL;
        }
        if (DENIED_WHEN_STRICT_ELSE_NOT_THERE.contains(name)) {
            return strict ? Say.DENY : Say.NO_SUCH_CALL;
        }
        if (ALWAYS_DENIED.contains(name)
                || (!loose && DENIED_UNLESS_LOOSE.contains(name))
                || (strict && DENIED_WHEN_STRICT.contains(name))) {
            return Say.DENY;
        }
        return switch (name) {
            case "clone" -> when((a[0] & (strict ? 0x7E030000L : 0x7E020000L)) == 0);
            case "unshare" -> when((a[0] & 0x7E020080L) == 0);
            case "mmap" -> when(!strict || (a[2] & 6) != 6);
            case "mprotect" -> when(!strict || (a[2] & 4) == 0);
            case "ioctl" -> when(ioctl(strict, (int) a[1]));
            case "prctl" -> when(prctl(profile, (int) a[0]));
            case "personality" -> when(personality(loose, (int) a[0]));
            case "mknod" -> when(notADevice((int) a[1]));
            case "mknodat" -> when(notADevice((int) a[2]));
            case "socketpair" -> when((int) a[0] == 1);
            case "setsockopt" -> when(loose || (int) a[1] != 1 || !filterOption((int) a[2]));
            case "socket" -> strict ? strictSocket((int) a[0]) : socket((int) a[0], (int) a[1], (int) a[2]);
            default -> Say.ALLOW;
        };
    }

    private static boolean ioctl(boolean strict, int command) {
        return strict
                ? Set.of(0x5401, 0x802C542A, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x40049409, 0x4020940D)
                        .contains(command)
                : command != 0x5412 && command != 0x541C && command != 0x5423;
    }

    private static boolean prctl(SyscallProfile profile, int option) {
        return switch (profile) {
            case STRICT -> Set.of(1, 3, 15, 16, 23, 39, 0x53564D41).contains(option);
            case DEFAULT -> option != 22 && option != 35 && option != 59 && option != 62;
            case LOOSE -> option != 35 && option != 62;
        };
    }

    private static boolean personality(boolean loose, int persona) {
        return persona == 0
                || persona == -1
                || (loose && Set.of(8, 0x20000, 0x20008, 0x40000).contains(persona));
    }

    private static boolean notADevice(int mode) {
        int type = mode & 0170000;
        return type == 0 || type == 0100000 || type == 0010000 || type == 0140000;
    }

    private static boolean filterOption(int option) {
        return option == 26 || option == 50 || option == 51 || option == 52;
    }

    private static Say strictSocket(int family) {
        return family == 1 ? Say.NO_SUCH_FAMILY : Say.DENY;
    }

    private static Say socket(int family, int typeAndFlags, int protocol) {
        int type = typeAndFlags & ~02000000 & ~04000;
        if (family == 1) {
            return when(type == 1 || type == 2 || type == 5);
        }
        if (family == 16) {
            return when(protocol == 0 && (type == 2 || type == 3));
        }
        if (family != 2 && family != 10) {
            return Say.DENY;
        }
        if (type == 1 && protocol == 262) {
            return Say.NO_SUCH_PROTOCOL;
        }
        return when(
                (type == 1 && (protocol == 0 || protocol == 6)) || (type == 2 && (protocol == 0 || protocol == 17)));
    }

    private static Say when(boolean allowed) {
        return allowed ? Say.ALLOW : Say.DENY;
    }

    private static Set<String> set(String text) {
        return Set.of(text.strip().split("\\s+"));
    }
}
