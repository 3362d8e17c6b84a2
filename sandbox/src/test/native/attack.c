/*
 * The attacker of the escape suite: one static program, one attack per name. It runs inside the box and says what
 * happened: exit 0 "contained", exit 1 "ESCAPED", exit 77 when the attack does not exist on this kernel or processor.
 * What the host looks like afterwards, and what the result says, is checked from outside by EscapeSuiteTest.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

static int contained(const char *how) { printf("contained: %s (%s)\n", how, errno ? strerror(errno) : "no error"); return 0; }
static int escaped(const char *how) { printf("ESCAPED: %s\n", how); return 1; }
static int denied(long result, const char *what) {
    if (result == -1 && (errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EROFS)) return contained(what);
    if (result == -1) { printf("ESCAPED? %s reached the kernel: %s\n", what, strerror(errno)); return 1; }
    return escaped(what);
}
static char scratch[1 << 16];

/* ---- kernel surface: each must be answered before the kernel looks at the arguments ---- */
struct raw { const char *name; long number; long a, b, c, d; };
#define N(call) #call, SYS_##call
static const struct raw raw_calls[] = {
    {N(ptrace), PTRACE_TRACEME, 0, 0, 0},
    {N(process_vm_readv), 1, 0, 0, 0},
    {N(process_vm_writev), 1, 0, 0, 0},
    {N(pidfd_getfd), 0, 0, 0, 0},
    {N(kcmp), 1, 1, 0, 0},
    {N(io_uring_setup), 8, (long)scratch, 0, 0},
    {N(io_uring_enter), 0, 1, 0, 0},
    {N(io_uring_register), 0, 0, 0, 0},
    {N(bpf), 0, (long)scratch, 64, 0},
    {N(perf_event_open), (long)scratch, 0, -1, -1},
    {N(userfaultfd), 0, 0, 0, 0},
    {N(keyctl), 0, -3, 0, 0},
    {N(add_key), (long)"user", (long)"x", (long)"y", 1},
    {N(request_key), (long)"user", (long)"x", 0, 0},
    {N(unshare), CLONE_NEWUSER, 0, 0, 0},
    {N(setns), 0, 0, 0, 0},
    {N(mount), (long)"none", (long)"/tmp", (long)"tmpfs", 0},
    {N(umount2), (long)"/proc", MNT_DETACH, 0, 0},
    {N(open_tree), AT_FDCWD, (long)"/", 1, 0},
    {N(move_mount), AT_FDCWD, (long)"/tmp", AT_FDCWD, (long)"/workspace"},
    {N(fsopen), (long)"tmpfs", 0, 0, 0},
    {N(fsconfig), 0, 0, 0, 0},
    {N(fsmount), 0, 0, 0, 0},
    {N(fspick), AT_FDCWD, (long)"/", 0, 0},
    {N(mount_setattr), AT_FDCWD, (long)"/", 0, (long)scratch},
    {N(pivot_root), (long)"/tmp", (long)"/tmp", 0, 0},
    {N(chroot), (long)"/tmp", 0, 0, 0},
    {N(open_by_handle_at), AT_FDCWD, (long)scratch, 0, 0},
    {N(name_to_handle_at), AT_FDCWD, (long)"/usr", (long)scratch, (long)(scratch + 4096)},
    {N(quotactl), 0, 0, 0, 0},
    {N(acct), (long)"/tmp/acct", 0, 0, 0},
    {N(swapon), (long)"/tmp/swap", 0, 0, 0},
    {N(swapoff), (long)"/tmp/swap", 0, 0, 0},
    {N(kexec_load), 0, 0, 0, 0},
    {N(kexec_file_load), 0, 0, 0, 0},
    {N(reboot), 0xfee1dead, 672274793, 0, 0},
    {N(settimeofday), (long)scratch, 0, 0, 0},
    {N(clock_settime), 0, (long)scratch, 0, 0},
    {N(init_module), (long)scratch, 16, (long)"", 0},
    {N(finit_module), 0, (long)"", 0, 0},
    {N(delete_module), (long)"x", 0, 0, 0},
    {N(syslog), 3, (long)scratch, 100, 0},
    {N(sethostname), (long)"x", 1, 0, 0},
    {N(setdomainname), (long)"x", 1, 0, 0},
    {N(vhangup), 0, 0, 0, 0},
    {N(fanotify_init), 0, 0, 0, 0},
    {N(move_pages), 1, 0, 0, 0},
    {N(migrate_pages), 1, 0, 0, 0},
#ifdef __x86_64__
    {N(modify_ldt), 0, (long)scratch, 16, 0},
    {N(iopl), 3, 0, 0, 0},
    {N(ioperm), 0x80, 1, 1, 0},
#endif
};
static int raw_call(const char *name) {
    for (size_t i = 0; i < sizeof raw_calls / sizeof *raw_calls; i++) {
        const struct raw *r = &raw_calls[i];
        if (!strcmp(r->name, name)) { errno = 0; return denied(syscall(r->number, r->a, r->b, r->c, r->d), name); }
    }
    return -1;
}

static int clone_newuser(void) { return denied(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), "clone with CLONE_NEWUSER"); }
static int clone_newns(void) { return denied(syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0), "clone with CLONE_NEWNS"); }
static int clone_newnet(void) { return denied(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0), "clone with CLONE_NEWNET"); }
static int clone_newpid(void) { return denied(syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0), "clone with CLONE_NEWPID"); }
static int clone3_newuser(void) {
    uint64_t args[11] = {CLONE_NEWUSER};
    return denied(syscall(SYS_clone3, args, sizeof args), "clone3");
}
static int unshare_net(void) { return denied(unshare(CLONE_NEWNET), "unshare net"); }
static int unshare_mount(void) { return denied(unshare(CLONE_NEWNS), "unshare mount"); }
static int personality_aslr(void) { return denied(syscall(SYS_personality, ADDR_NO_RANDOMIZE), "personality ADDR_NO_RANDOMIZE"); }
static int personality_exec(void) { return denied(syscall(SYS_personality, READ_IMPLIES_EXEC), "personality READ_IMPLIES_EXEC"); }
static int tiocsti(void) { char c = 'x'; return denied(ioctl(0, TIOCSTI, &c), "ioctl TIOCSTI"); }
static int tioclinux(void) { char c = 3; return denied(ioctl(0, TIOCLINUX, &c), "ioctl TIOCLINUX"); }
/* The request is 32 bits wide; the upper half of the register must not hide it. */
static int tiocsti_high_bits(void) { char c = 'x'; return denied(syscall(SYS_ioctl, 0, 0xdead00000000L | TIOCSTI, &c), "ioctl TIOCSTI with high bits"); }
static int socket_of(int family, int type, int protocol, const char *what) { return denied(socket(family, type, protocol), what); }
static int x32_getpid(void) {
#ifdef __x86_64__
    return denied(syscall(0x40000000 + SYS_getpid), "x32 getpid");
#else
    return 77;
#endif
}
static int int80(void) {
#ifdef __x86_64__
    pid_t child = fork();
    if (child == 0) {
        long result = 20; /* getpid of the i386 table */
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
        _exit(result > 0 ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    errno = 0;
    return WIFSIGNALED(status) || WEXITSTATUS(status) == 0 ? contained("int 0x80") : escaped("int 0x80 getpid answered");
#else
    return 77;
#endif
}
static int own_seccomp_allow_all(void) {
    /* A filter of ours may be added, but the strictest answer wins: mount must still be denied. */
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog program = {1, &allow};
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    return denied(mount("none", "/tmp", "tmpfs", 0, ""), "mount after an allow-all filter");
}
static int drop_no_new_privs(void) { return prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? contained("no_new_privs stays") : escaped("no_new_privs taken off"); }

/* ---- identity ---- */
static int setuid_root(void) { return denied(setuid(0) == -1 && errno == EINVAL ? (errno = EPERM, -1) : (getuid() == 0 ? 0 : -1), "setuid(0)"); }
static int setgid_root(void) { return setgid(0) == 0 && getgid() == 0 ? escaped("setgid(0)") : contained("setgid(0)"); }
static int setgroups_root(void) { gid_t g = 0; return denied(syscall(SYS_setgroups, 1, &g) == 0 ? 0 : (errno = EPERM, -1), "setgroups"); }
static int all_capabilities(void) {
    uint32_t header[2] = {0x20080522, 0}, data[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
    if (syscall(SYS_capset, header, data) == 0) return escaped("capset took every capability");
    memset(data, 0, sizeof data);
    header[0] = 0x20080522;
    syscall(SYS_capget, header, data);
    return data[0] | data[1] | data[3] | data[4] ? escaped("the job holds capabilities") : contained("no capability");
}
static int ambient_capability(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0 ? escaped("ambient CAP_SYS_ADMIN") : contained("ambient raise"); }
static int setuid_binary(void) {
    static const char *const candidates[] = {"/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/chsh", "/usr/bin/newgrp"};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        struct stat s;
        if (stat(candidates[i], &s) || !(s.st_mode & S_ISUID)) continue;
        /* passwd -S / mount need privileges; euid 0 after exec would show in /proc of the child. */
        int ends[2];
        if (pipe(ends)) return 77;
        pid_t child = fork();
        if (child == 0) {
            dup2(ends[1], 1); dup2(ends[1], 2);
            execl(candidates[i], candidates[i], "--version", (char *)NULL);
            _exit(9);
        }
        char path[64], text[4096];
        snprintf(path, sizeof path, "/proc/%d/status", child);
        usleep(1000);
        int fd = open(path, O_RDONLY);
        ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        text[n > 0 ? n : 0] = 0;
        waitpid(child, NULL, 0);
        char *uid = strstr(text, "Uid:");
        unsigned real = 1, effective = 1;
        if (uid && sscanf(uid, "Uid:\t%u\t%u", &real, &effective) == 2 && effective == 0) return escaped("setuid binary gave euid 0");
    }
    return contained("no setuid binary raises");
}
static int setuid_own_binary(void) {
    int fd = open("/workspace/suid", O_CREAT | O_WRONLY, 0755);
    if (fd < 0) return 77;
    close(fd);
    if (chown("/workspace/suid", 0, 0) == 0) return escaped("gave a file to root");
    chmod("/workspace/suid", 06755);
    struct stat s;
    stat("/workspace/suid", &s);
    return s.st_uid == 0 ? escaped("setuid root file") : contained("chown to root");
}
static int file_capability(void) {
    uint32_t value[5] = {0x02000001, 1u << 21, 0, 0, 0};
    int fd = open("/workspace/cap", O_CREAT | O_WRONLY, 0755);
    if (fd >= 0) close(fd);
    return setxattr("/workspace/cap", "security.capability", value, sizeof value, 0) == 0 ? escaped("file capability set") : contained("security.capability");
}
static int trusted_xattr(void) {
    int fd = open("/workspace/x", O_CREAT | O_WRONLY, 0644);
    if (fd >= 0) close(fd);
    return setxattr("/workspace/x", "trusted.overlay.opaque", "y", 1, 0) == 0 ? escaped("trusted xattr set") : contained("trusted xattr");
}
static int inherited_descriptors(void) {
    for (int fd = 3; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) != -1) { printf("fd %d is open\n", fd); return escaped("an inherited descriptor"); }
    }
    errno = 0;
    return contained("only 0, 1, 2 are open");
}
static int signal_init(void) {
    /* pid 1 of the box ignores what it has no handler for; kill must not end the box's bookkeeping. */
    kill(1, SIGKILL); kill(1, SIGTERM); kill(1, SIGSTOP);
    return contained("signals to pid 1");
}
static int signal_everyone(void) {
    signal(SIGTERM, SIG_IGN);
    kill(-1, SIGTERM);
    errno = 0;
    return contained("kill(-1) stays inside");
}
static int own_session(void) { return getsid(0) == 0 ? escaped("the session belongs to somebody outside") : contained("own session"); }
static int controlling_tty(void) { int fd = open("/dev/tty", O_RDWR); return fd >= 0 ? escaped("/dev/tty opens") : contained("/dev/tty"); }

static int init_path(const char *leaf) {
    char path[64];
    snprintf(path, sizeof path, "/proc/1/%s", leaf);
    int fd = open(path, O_RDONLY);
    if (fd < 0) { char t[512]; ssize_t n = readlink(path, t, sizeof t); if (n < 0) return contained(path); printf("link of %zd\n", n); return escaped(path); }
    ssize_t n = read(fd, scratch, 16);
    return n > 0 ? escaped(path) : contained(path);
}
static int init_mem_write(void) { int fd = open("/proc/1/mem", O_RDWR); return fd >= 0 ? escaped("/proc/1/mem opens for writing") : contained("/proc/1/mem"); }
static int init_root_walk(void) { return access("/proc/1/root/etc/shadow", F_OK) == 0 ? escaped("/proc/1/root leads out") : contained("/proc/1/root"); }
static int init_fds(void) { DIR *d = opendir("/proc/1/fd"); return d ? escaped("/proc/1/fd opens") : contained("/proc/1/fd"); }
static int write_path(const char *path) {
    int fd = open(path, O_WRONLY);
    if (fd < 0) return contained(path);
    ssize_t n = write(fd, "1", 1);
    return n == 1 ? escaped(path) : contained(path);
}
static int read_secret(const char *path) {
    int fd = open(path, O_RDONLY);
    if (fd < 0) return contained(path);
    ssize_t n = read(fd, scratch, 64);
    return n > 0 ? escaped(path) : contained(path);
}
static int absent(const char *path) { struct stat s; return lstat(path, &s) == 0 ? escaped(path) : contained(path); }
static int create_at(const char *path) { int fd = open(path, O_CREAT | O_WRONLY, 0644); return fd >= 0 ? escaped(path) : contained(path); }
static int self_exe_write(void) { int fd = open("/proc/self/exe", O_WRONLY | O_TRUNC); return fd >= 0 && fd != -1 ? (errno = 0, contained("own file only")) : contained("/proc/self/exe"); }
static int shell_overwrite(void) { return write_path("/bin/sh"); }
static int mknod_device(void) { return mknod("/tmp/disk", S_IFBLK | 0600, 0xfe00) == 0 ? escaped("block device made") : contained("mknod"); }
static int mknod_null(void) { return mknod("/tmp/null", S_IFCHR | 0600, 0x103) == 0 ? escaped("character device made") : contained("mknod"); }
static int raw_devices(void) {
    static const char *const names[] = {"mem", "kmem", "port", "kvm", "fuse", "net/tun", "loop-control", "loop0", "vda", "sda", "nvme0n1", "kmsg", "vsock", "mapper/control", "cpu/0/msr", "hpet", "rtc", "uinput", "userfaultfd", "vhost-net"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/%s", names[i]);
        struct stat s;
        if (lstat(path, &s) == 0) return escaped(path);
    }
    return contained("no raw device");
}
static int device_list(void) {
    static const char *const known[] = {".", "..", "null", "zero", "full", "random", "urandom", "fd", "stdin", "stdout", "stderr", "shm", "pts", "ptmx", "tty", "mqueue"};
    DIR *d = opendir("/dev");
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t i = 0, n = sizeof known / sizeof *known;
        while (i < n && strcmp(known[i], e->d_name)) i++;
        if (i == n) { printf("%s\n", e->d_name); return escaped("unexpected device"); }
    }
    errno = 0;
    return contained("minimal /dev");
}
static int other_processes(void) {
    DIR *d = opendir("/proc");
    int seen = 0;
    for (struct dirent *e; d && (e = readdir(d));) if (e->d_name[0] >= '0' && e->d_name[0] <= '9') seen++;
    printf("%d processes\n", seen);
    errno = 0;
    return seen > 8 ? escaped("processes of the host are visible") : contained("own processes only");
}
static int mounts_show_host(void) {
    FILE *f = fopen("/proc/self/mountinfo", "r");
    char line[4096];
    int cgroups = 0, lines = 0;
    while (f && fgets(line, sizeof line, f)) { lines++; if (strstr(line, " - cgroup")) cgroups++; }
    printf("%d mounts\n", lines);
    errno = 0;
    return cgroups ? escaped("a cgroup file system is mounted") : contained("no cgroup mount");
}
static int remount_rw(void) { return denied(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL), "remount /usr rw"); }
static int create_in_root(void) { return create_at("/owned"); }

/* ---- file system ---- */
static int write_through(const char *target) {
    unlink("/workspace/link");
    if (symlink(target, "/workspace/link")) return 77;
    return write_path("/workspace/link");
}
static int hardlink_out(const char *target) { return link(target, "/workspace/hard") == 0 ? escaped("hard link to a file outside") : contained("link()"); }
static int dotdot(void) { return access("/workspace/../../../../../../etc/shadow", F_OK) == 0 && read_secret("/workspace/../../../../../../etc/shadow") ? 1 : contained("dot dot"); }
static int escape_chroot_fd(void) {
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 64; i++) { int up = openat(fd, "..", O_RDONLY | O_DIRECTORY); if (up < 0) break; close(fd); fd = up; }
    return faccessat(fd, "root/.bashrc", F_OK, 0) == 0 || faccessat(fd, "var/lib/dpkg", F_OK, 0) == 0 ? escaped("walked above the root") : contained("the root is the top");
}
/* Many files, so that the cap on one file's size does not stand in for the cap on the disk. */
static int fill(const char *path, long chunk, long most) {
    char name[128];
    long total = 0;
    signal(SIGXFSZ, SIG_IGN);
    memset(scratch, 'x', sizeof scratch);
    for (int file = 0; total < most; file++) {
        snprintf(name, sizeof name, "%s%d", path, file);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        if (fd < 0) break;
        long in_file = 0;
        for (ssize_t n; in_file < 8 << 20 && (n = write(fd, scratch, (size_t)chunk)) > 0; in_file += n) {}
        close(fd);
        total += in_file;
        if (in_file < 8 << 20) break;
    }
    printf("%ld bytes\n", total);
    return total >= most ? escaped("no disk cap") : contained("disk cap");
}
static int fill_tmp(void) { return fill("/tmp/fill", sizeof scratch, 8L << 30); }
static int fill_workspace(void) { return fill("/workspace/fill", sizeof scratch, 8L << 30); }
static int fill_shm(void) { return fill("/dev/shm/fill", sizeof scratch, 8L << 30); }
static int sparse_exabyte(void) {
    int fd = open("/tmp/sparse", O_CREAT | O_WRONLY, 0600);
    signal(SIGXFSZ, SIG_IGN);
    return ftruncate(fd, 1L << 60) == 0 ? escaped("exabyte file") : contained("sparse file");
}
static int inode_flood(void) {
    char name[64];
    long made = 0;
    for (; made < 3000000; made++) {
        snprintf(name, sizeof name, "/tmp/i%ld", made);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        if (fd < 0) break;
        close(fd);
    }
    printf("%ld inodes\n", made);
    return made >= 3000000 ? escaped("no inode cap") : contained("inode cap");
}
static int deep_directories(void) {
    int depth = 0;
    if (chdir("/workspace")) return 77;
    while (depth < 3000 && mkdir("d", 0700) == 0 && chdir("d") == 0) depth++;
    printf("%d levels\n", depth);
    errno = 0;
    return contained("deep tree left for the cleaner");
}
static int unreadable_tree(void) {
    mkdir("/workspace/locked", 0700);
    close(open("/workspace/locked/file", O_CREAT | O_WRONLY, 0));
    chmod("/workspace/locked", 0);
    errno = 0;
    return contained("mode 000 tree left for the cleaner");
}
static int special_outputs(void) {
    mkfifo("/workspace/fifo", 0666);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = {AF_UNIX, "/workspace/socket"};
    if (s >= 0) (void)!bind(s, (struct sockaddr *)&a, sizeof a);
    (void)!symlink("/etc/passwd", "/workspace/out.txt");
    (void)!symlink("/proc/self/root/etc/passwd", "/workspace/out2.txt");
    errno = 0;
    return contained("special files left as outputs");
}

/* ---- resources ---- */
static int fork_bomb(void) {
    int forks = 0;
    for (; forks < 100000; forks++) {
        pid_t child = fork();
        if (child == 0) { pause(); _exit(0); }
        if (child < 0) break;
    }
    printf("%d forks\n", forks);
    return forks >= 100000 ? escaped("no process limit") : contained("fork bomb");
}
static void *sleeper(void *unused) { (void)unused; pause(); return NULL; }
static int thread_bomb(void) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 16384);
    int threads = 0;
    for (pthread_t t; threads < 100000; threads++) if (pthread_create(&t, &attr, sleeper, NULL)) break;
    printf("%d threads\n", threads);
    errno = 0;
    return threads >= 100000 ? escaped("no thread limit") : contained("thread bomb");
}
static int vfork_chain(void) {
    for (int i = 0; i < 100000; i++) { pid_t p = fork(); if (p < 0) return contained("vfork chain"); if (p > 0) { waitpid(p, NULL, 0); _exit(0); } }
    return escaped("no process limit");
}
static int zombie_hoard(void) {
    int n = 0;
    for (; n < 100000; n++) { pid_t p = fork(); if (p == 0) _exit(0); if (p < 0) break; }
    printf("%d zombies\n", n);
    return n >= 100000 ? escaped("no process limit") : contained("zombies count");
}
static int touch_memory(void) {
    for (long total = 0; total < 16L << 30; total += 1 << 20) {
        char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) return contained("mmap fails");
        memset(p, 1, 1 << 20);
    }
    return escaped("16 GiB touched");
}
static int memfd_hoard(void) {
    int fd = (int)syscall(SYS_memfd_create, "x", 0);
    if (fd < 0) return contained("memfd_create");
    memset(scratch, 1, sizeof scratch);
    signal(SIGXFSZ, SIG_IGN);
    for (long total = 0; total < 16L << 30; total += sizeof scratch) if (write(fd, scratch, sizeof scratch) < 0) return contained("memfd is capped");
    return escaped("16 GiB in a memfd");
}
static int shm_hoard(void) {
    for (long total = 0; total < 16L << 30; total += 64 << 20) {
        int id = shmget(IPC_PRIVATE, 64 << 20, IPC_CREAT | 0600);
        if (id < 0) return contained("shmget fails");
        char *p = shmat(id, NULL, 0);
        if (p == (void *)-1) return contained("shmat fails");
        memset(p, 1, 64 << 20);
    }
    return escaped("16 GiB of SysV shared memory");
}
static int locked_memory(void) {
    char *p = mmap(NULL, 1L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    return p == MAP_FAILED ? contained("MAP_LOCKED") : escaped("1 GiB locked");
}
static int pipe_hoard(void) {
    int n = 0;
    for (int ends[2]; n < 100000 && pipe2(ends, O_NONBLOCK) == 0; n++) (void)!write(ends[1], scratch, sizeof scratch);
    printf("%d pipes\n", n);
    return n >= 100000 ? escaped("no descriptor limit") : contained("pipes");
}
static int fd_flood(void) {
    int n = 0;
    while (n < 2000000 && dup(0) >= 0) n++;
    printf("%d descriptors\n", n);
    return n >= 2000000 ? escaped("no descriptor limit") : contained("descriptors");
}
static int inotify_flood(void) {
    int n = 0;
    while (n < 100000 && inotify_init() >= 0) n++;
    printf("%d inotify instances\n", n);
    return n >= 100000 ? escaped("no inotify limit") : contained("inotify");
}
static int epoll_flood(void) {
    int n = 0;
    while (n < 2000000 && epoll_create1(0) >= 0) n++;
    printf("%d epoll instances\n", n);
    return n >= 2000000 ? escaped("no epoll limit") : contained("epoll");
}
static int cpu_spin(void) {
    for (int i = 0; i < 4; i++) if (fork() == 0) for (volatile long x = 0;; x++) {}
    for (volatile long x = 0;; x++) {}
}
static int realtime(void) { struct sched_param p = {50}; return sched_setscheduler(0, SCHED_FIFO, &p) == 0 ? escaped("SCHED_FIFO") : contained("SCHED_FIFO"); }
static int nice_up(void) { errno = 0; return setpriority(PRIO_PROCESS, 0, -20) == 0 ? escaped("nice -20") : contained("nice"); }
static int rlimit_raise(void) {
    struct rlimit r;
    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = r.rlim_max = r.rlim_max + 100000;
    return setrlimit(RLIMIT_NOFILE, &r) == 0 ? escaped("hard limit raised") : contained("setrlimit");
}
static int core_dump(void) {
    struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CORE, &r) == 0 ? escaped("core dumps allowed") : contained("core limit");
}
static int oom_score(void) { int fd = open("/proc/self/oom_score_adj", O_WRONLY); return fd >= 0 && write(fd, "-1000", 5) == 5 ? escaped("oom_score_adj -1000") : contained("oom_score_adj"); }
static int file_size(void) {
    signal(SIGXFSZ, SIG_IGN);
    int fd = open("/tmp/big", O_CREAT | O_WRONLY, 0600);
    long total = 0;
    for (ssize_t n; total < 8L << 30 && (n = write(fd, scratch, sizeof scratch)) > 0; total += n) {}
    return total >= 8L << 30 ? escaped("no file size limit") : contained("file size");
}

/* ---- kill tree and time ---- */
static void daemons(int n) {
    for (int i = 0; i < n; i++) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0) {
                for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                prctl(PR_SET_PDEATHSIG, 0);
                for (;;) pause();
            }
            _exit(0);
        }
    }
}
static int daemon_holds_stdout(void) { daemons(3); errno = 0; return contained("daemons left behind"); }
static int daemon_army(void) { daemons(100); for (;;) pause(); }
static int ignore_all(void) { for (int s = 1; s < 65; s++) signal(s, SIG_IGN); for (;;) pause(); }
static int stop_self(void) { kill(getpid(), SIGSTOP); for (;;) pause(); }
static int stop_everyone(void) { daemons(5); kill(-1, SIGSTOP); for (;;) pause(); }
static int subreaper(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); daemons(5); for (;;) pause(); }
static int fifo_block(void) { mkfifo("/tmp/f", 0600); int fd = open("/tmp/f", O_RDONLY); return fd; }
static int fork_race(void) { for (;;) { if (fork() == 0) { if (fork()) _exit(0); } else { waitpid(-1, NULL, WNOHANG); } } }
static int vfork_hang(void) { if (vfork() == 0) for (;;) pause(); return 0; }

/* ---- network ---- */
static int tcp_to(const char *address, const char *port) {
    struct sockaddr_storage ss = {0};
    socklen_t len;
    struct sockaddr_in *v4 = (void *)&ss;
    struct sockaddr_in6 *v6 = (void *)&ss;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) { v4->sin_family = AF_INET; v4->sin_port = htons((uint16_t)atoi(port)); len = sizeof *v4; }
    else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) { v6->sin6_family = AF_INET6; v6->sin6_port = htons((uint16_t)atoi(port)); len = sizeof *v6; }
    else return 77;
    int s = socket(ss.ss_family, SOCK_STREAM, 0);
    if (s < 0) return contained("socket");
    if (connect(s, (struct sockaddr *)&ss, len)) return contained("connect");
    if (write(s, "HEAD / HTTP/1.0\r\n\r\n", 19) < 0 || read(s, scratch, 1) <= 0) return contained("reset");
    return escaped("an answer came");
}
static int udp_to(const char *address, const char *port) {
    struct sockaddr_storage ss = {0};
    socklen_t len;
    struct sockaddr_in *v4 = (void *)&ss;
    struct sockaddr_in6 *v6 = (void *)&ss;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) { v4->sin_family = AF_INET; v4->sin_port = htons((uint16_t)atoi(port)); len = sizeof *v4; }
    else { v6->sin6_family = AF_INET6; inet_pton(AF_INET6, address, &v6->sin6_addr); v6->sin6_port = htons((uint16_t)atoi(port)); len = sizeof *v6; }
    int s = socket(ss.ss_family, SOCK_DGRAM, 0);
    struct timeval t = {0, 300000};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    if (connect(s, (struct sockaddr *)&ss, len)) return contained("connect");
    for (int i = 0; i < 2; i++) (void)!send(s, "x", 1, 0);
    return recv(s, scratch, 1, 0) > 0 ? escaped("an answer came") : contained("udp");
}
static int ping_socket(const char *address) {
    int s = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    if (s < 0) return contained("icmp socket");
    struct sockaddr_in a = {AF_INET, 0, {inet_addr(address)}, {0}};
    struct icmphdr h = {.type = ICMP_ECHO};
    return sendto(s, &h, sizeof h, 0, (struct sockaddr *)&a, sizeof a) > 0 ? escaped("echo sent") : contained("icmp");
}
static int abstract_socket(const char *name) {
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return contained("AF_UNIX");
    struct sockaddr_un a = {AF_UNIX, {0}};
    strncpy(a.sun_path + 1, name, sizeof a.sun_path - 2);
    return connect(s, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))) ? contained("abstract socket") : escaped("abstract socket of the host");
}
static int path_socket(const char *path) {
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return contained("AF_UNIX");
    struct sockaddr_un a = {AF_UNIX, {0}};
    strncpy(a.sun_path, path, sizeof a.sun_path - 1);
    return connect(s, (struct sockaddr *)&a, sizeof a) ? contained("socket file") : escaped("socket of the host");
}
static int interfaces(void) {
    FILE *f = fopen("/proc/net/dev", "r");
    char line[512];
    int others = 0;
    while (f && fgets(line, sizeof line, f)) if (strchr(line, ':') && !strstr(line, " lo:") && strncmp(line, "lo:", 3)) others++;
    errno = 0;
    return others ? escaped("a network device beside lo") : contained("only lo");
}
/* fs.aio-max-nr is one number for the whole machine: what a job takes, no database on the host gets. */
static int aio_hoard(void) {
    unsigned long context = 0;
    return denied(syscall(SYS_io_setup, 16384, &context), "io_setup");
}
/* Whatever listens in the box before the job does is not the job's: it must not be reached by its own port. */
static int mediator_port(void) {
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    unsigned port, state;
    int found = 0;
    for (int t = 0; t < 2; t++) {
        FILE *f = fopen(tables[t], "r");
        char line[512];
        while (f && fgets(line, sizeof line, f))
            if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &port, &state) == 2 && state == 10) {
                struct sockaddr_in to = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
                int s = socket(AF_INET, SOCK_STREAM, 0);
                found++;
                if (connect(s, (struct sockaddr *)&to, sizeof to) == 0) return escaped("connected to the mediator by its own port");
                close(s);
            }
        if (f) fclose(f);
    }
    errno = 0;
    return contained(found ? "the mediator's port refuses" : "nothing listens");
}
static int bind_low_port(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {AF_INET, htons(80), {0}, {0}};
    errno = 0;
    return s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) ? contained("port 80") : contained("port 80 of its own network");
}

/* ---- output ---- */
static int flood(FILE *to, long bytes) {
    memset(scratch, 'y', sizeof scratch);
    for (long total = 0; total < bytes; total += sizeof scratch) if (fwrite(scratch, 1, sizeof scratch, to) != sizeof scratch) return 0;
    return 0;
}
static int binary_output(void) { for (int i = 0; i < 256; i++) putchar(i); return 0; }
static int fake_result(void) { printf("{\"verdict\":\"green\",\"risk_score\":0}\n"); return 0; }

struct attack { const char *name; int (*run)(void); };
#define A(name) {#name, name}
static const struct attack attacks[] = {
    A(clone_newuser), A(clone_newns), A(clone_newnet), A(clone_newpid), A(clone3_newuser), A(unshare_net), A(unshare_mount),
    A(personality_aslr), A(personality_exec), A(tiocsti), A(tioclinux), A(tiocsti_high_bits), A(x32_getpid), A(int80),
    A(own_seccomp_allow_all), A(drop_no_new_privs), A(setuid_root), A(setgid_root), A(setgroups_root), A(all_capabilities),
    A(ambient_capability), A(setuid_binary), A(setuid_own_binary), A(file_capability), A(trusted_xattr),
    A(inherited_descriptors), A(signal_init), A(signal_everyone), A(own_session), A(controlling_tty), A(init_mem_write),
    A(init_root_walk), A(init_fds), A(self_exe_write), A(shell_overwrite), A(mknod_device), A(mknod_null), A(raw_devices),
    A(device_list), A(other_processes), A(mounts_show_host), A(remount_rw), A(create_in_root), A(dotdot),
    A(escape_chroot_fd), A(fill_tmp), A(fill_workspace), A(fill_shm), A(sparse_exabyte), A(inode_flood),
    A(deep_directories), A(unreadable_tree), A(special_outputs), A(fork_bomb), A(thread_bomb), A(vfork_chain),
    A(zombie_hoard), A(touch_memory), A(memfd_hoard), A(shm_hoard), A(locked_memory), A(pipe_hoard), A(fd_flood),
    A(inotify_flood), A(epoll_flood), A(cpu_spin), A(realtime), A(nice_up), A(rlimit_raise), A(core_dump), A(oom_score),
    A(file_size), A(daemon_holds_stdout), A(daemon_army), A(ignore_all), A(stop_self), A(stop_everyone), A(subreaper),
    A(fifo_block), A(fork_race), A(vfork_hang), A(interfaces), A(bind_low_port), A(aio_hoard), A(mediator_port), A(binary_output), A(fake_result),
};

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *name = argc > 1 ? argv[1] : "", *one = argc > 2 ? argv[2] : "", *two = argc > 3 ? argv[3] : "";
    errno = 0;
    int result = raw_call(name);
    if (result >= 0) return result;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) if (!strcmp(attacks[i].name, name)) return attacks[i].run();
    if (!strcmp(name, "socket")) return socket_of(atoi(one), atoi(two), argc > 4 ? atoi(argv[4]) : 0, "socket");
    if (!strcmp(name, "write")) return write_path(one);
    if (!strcmp(name, "read")) return read_secret(one);
    if (!strcmp(name, "absent")) return absent(one);
    if (!strcmp(name, "create")) return create_at(one);
    if (!strcmp(name, "init")) return init_path(one);
    if (!strcmp(name, "write_through")) return write_through(one);
    if (!strcmp(name, "hardlink")) return hardlink_out(one);
    if (!strcmp(name, "tcp")) return tcp_to(one, two);
    if (!strcmp(name, "udp")) return udp_to(one, two);
    if (!strcmp(name, "ping")) return ping_socket(one);
    if (!strcmp(name, "abstract")) return abstract_socket(one);
    if (!strcmp(name, "unix")) return path_socket(one);
    if (!strcmp(name, "kill")) return kill(atoi(one), 9) == 0 ? escaped("killed a process by its host pid") : contained("kill");
    if (!strcmp(name, "flood_out")) return flood(stdout, atol(one));
    if (!strcmp(name, "flood_err")) return flood(stderr, atol(one));
    fprintf(stderr, "unknown attack %s\n", name);
    return 64;
}
