/* Ids, network and powers. */
#define _GNU_SOURCE
#include "slot.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __x86_64__
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "no list of calls for this processor"
#endif

int make_user_namespace(unsigned first)
{
    char path[64], map[64];
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    if (child < 0)
        failed_errno("user namespace");
    snprintf(map, sizeof map, "0 %u %d", first, IDS);
    snprintf(path, sizeof path, "/proc/%d/uid_map", child);
    write_text("user ids", path, map);
    snprintf(path, sizeof path, "/proc/%d/gid_map", child);
    write_text("group ids", path, map);
    snprintf(path, sizeof path, "/proc/%d/ns/user", child);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        failed_errno("user namespace");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return fd;
}

void start_network(void)
{
    struct ifreq card = {0};
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strcpy(card.ifr_name, "lo");
    card.ifr_flags = IFF_UP | IFF_RUNNING;
    if (any < 0 || ioctl(any, SIOCSIFFLAGS, &card))
        failed_errno("loopback");
    close(any);
    /* The network belongs to the host, so no capability in the slot lets anybody take port 22. */
    write_text("ports", "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
}

void become_slot_root(int user_namespace)
{
    static const char *const limits[] = {"user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time", 0};
    char path[64];
    if (setns(user_namespace, CLONE_NEWUSER) || setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
        failed_errno("root of the slot");
    for (const char *const *each = limits; *each; each++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", *each);
        if (access(path, F_OK) == 0)
            write_text("no further namespaces", path, "0");
    }
}

/* ---- system calls ---- */

/* Most would fail anyway, for want of a capability in the host's user namespace; none is left to that alone. */
static const int denied[] = {
    SYS_add_key, SYS_keyctl, SYS_request_key, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_kexec_load,
    SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_open_by_handle_at, SYS_mount,
    SYS_umount2, SYS_pivot_root, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick,
    SYS_mount_setattr, SYS_setns, SYS_unshare, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_settimeofday,
    SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_acct, SYS_quotactl, SYS_syslog, SYS_vhangup,
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
#if defined __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat,
#endif
};
static const int families[] = {AF_UNIX, AF_INET, AF_INET6};

#define FIELD(name) offsetof(struct seccomp_data, name)
#define LOAD(where) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, where)
#define WHEN(op, value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | op | BPF_K, value, yes, no)
#define SAY(what) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, what)
#define NO(error) SAY(SECCOMP_RET_ERRNO | (error))

enum { NEW_NAMESPACES = CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC
                        | CLONE_NEWCGROUP };

static void filter_calls(void)
{
    enum { DENIED = sizeof denied / sizeof *denied, FAMILIES = sizeof families / sizeof *families };
    struct sock_filter code[2 * DENIED + FAMILIES + 32];
    unsigned n = 0;
    code[n++] = LOAD(FIELD(arch));
    code[n++] = WHEN(BPF_JEQ, OUR_ARCH, 1, 0);
    code[n++] = NO(ENOSYS);
    code[n++] = LOAD(FIELD(nr));
    code[n++] = WHEN(BPF_JGE, 0x40000000, 0, 1); /* x32 */
    code[n++] = NO(ENOSYS);
    code[n++] = WHEN(BPF_JEQ, SYS_clone3, 0, 1); /* its flags lie in memory; who hears this takes clone */
    code[n++] = NO(ENOSYS);
    for (int i = 0; i < DENIED; i++) {
        code[n++] = WHEN(BPF_JEQ, (unsigned)denied[i], 0, 1);
        code[n++] = NO(EPERM);
    }
    code[n++] = WHEN(BPF_JEQ, SYS_clone, 0, 4);
    code[n++] = LOAD(FIELD(args[0]));
    code[n++] = WHEN(BPF_JSET, NEW_NAMESPACES, 0, 1);
    code[n++] = NO(EPERM);
    code[n++] = SAY(SECCOMP_RET_ALLOW);
    code[n++] = WHEN(BPF_JEQ, SYS_socket, 1, 0);
    code[n++] = SAY(SECCOMP_RET_ALLOW);
    code[n++] = LOAD(FIELD(args[0]));
    /* Of netlink what tells of the slot's own network; others tell of the host, such as its devices. */
    code[n++] = WHEN(BPF_JEQ, AF_NETLINK, 0, 5);
    code[n++] = LOAD(FIELD(args[2]));
    code[n++] = WHEN(BPF_JEQ, NETLINK_ROUTE, 2, 0);
    code[n++] = WHEN(BPF_JEQ, NETLINK_SOCK_DIAG, 1, 0);
    code[n++] = NO(EPROTONOSUPPORT);
    code[n++] = SAY(SECCOMP_RET_ALLOW);
    for (int i = 0; i < FAMILIES; i++)
        code[n++] = WHEN(BPF_JEQ, (unsigned)families[i], (unsigned char)(FAMILIES - i), 0);
    code[n++] = NO(EAFNOSUPPORT);
    code[n++] = SAY(SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        failed_errno("filter of system calls");
}

/* ---- capabilities ---- */

static const int kept[] = {
    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_SETFCAP,
    CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_AUDIT_WRITE,
};

static bool keeps(int capability)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i] == capability)
            return true;
    return false;
}

static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    for (int each = 0; prctl(PR_CAPBSET_READ, each) >= 0; each++) {
        if (keeps(each)) {
            data[each / 32].effective |= 1u << each % 32;
            data[each / 32].permitted |= 1u << each % 32;
        } else if (prctl(PR_CAPBSET_DROP, each)) {
            failed_errno("capabilities");
        }
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) || syscall(SYS_capset, &header, data))
        failed_errno("capabilities");
}

void give_up_powers(void)
{
    /* The host's core_pattern may name a program of the host, which 0 would not keep from being started (core(5)). */
    struct rlimit none = {1, 1};
    setrlimit(RLIMIT_CORE, &none);
    filter_calls();                /* takes a capability, as setuid programs must go on working (no_new_privs is not set) */
    drop_capabilities();
}
