/*
 * mayfly-holder: holds a FUSE connection, so that its server can die and nobody notices.
 *
 *     mayfly-holder SOCKET POINT THREADS GRACE OPTIONS [own-namespace] [supervise USERS LINGER LOG PROGRAM WORDS...]
 *
 * Mounts a view at POINT with THREADS descriptors of /dev/fuse, in this mount namespace or in one of its own, below a user
 * namespace of its own, which needs no privilege. Then it hands them to servers and keeps them. It never reads a request: it
 * has nothing of the view, and nothing that is untrusted reaches it but connections to its socket.
 *
 * Says on stdout "ready PID\n", or "failed STEP ERRNO\n" and ends with 1.
 *
 * SOCKET is a SOCK_SEQPACKET socket that only this user may use. Each server that connects is sent
 *     { u32 magic, u32 THREADS }     with the descriptors as SCM_RIGHTS
 * and, when it is its turn,
 *     { u32 magic, u32 generation }  0 for the first server of the connection, more for each after it.
 * It is one server's turn at a time, in the order in which they came, until its connection ends; the kernel closes that when
 * the last thread of a killed process is gone, so no two serve at once. A server that sends one byte ends it all.
 *
 * Ends, and takes the mount away, when a server says so, on SIGTERM and SIGINT, when the view was unmounted by somebody else,
 * and when it was nobody's turn for GRACE seconds: who waits for an answer then gets an error instead of waiting for ever.
 *
 * With `supervise` it also sees to it that somebody serves, and that nothing is left:
 *   - It starts PROGRAM, in its own namespaces, whenever no server is there, at most once a second; LOG gets its errors.
 *   - USERS is a file that everybody who may yet need POINT has locked by flock(2), shared. When nobody had it for LINGER
 *     seconds, POINT is detached. Copies of the mount in other namespaces go on, and are served. The
 *     kernel closes the connection when the last of them is gone, which it alone knows exactly; then this ends.
 *   - POINT and the folder that it lies in are its own and removed at the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAGIC 0x4d465553u /* "MFUS" */
#define MOST_THREADS 64
#define MOST_SERVERS 16

struct message {
    uint32_t magic, value;
};

static int devices[MOST_THREADS];
static int threads;
static int servers[MOST_SERVERS];
static int waiting;
static bool taken;
static uint32_t generation;

/* Of `supervise`; users is -1 without it. */
static int users = -1, server_log = -1;
static time_t linger;
static char **program;
static pid_t child;
static bool detached;

static void failed(const char *step)
{
    printf("failed %s %d\n", step, errno);
    exit(1);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        failed(path);
    close(fd);
}

/* The same user and group inside as outside, all others unmapped (user_namespaces(7)). */
static void own_namespace(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
        failed("unshare");
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%u %u 1", uid, uid);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%u %u 1", gid, gid);
    write_file("/proc/self/gid_map", map);
    /* Nothing of here is seen outside; what is mounted outside later is seen here, too. */
    if (mount("", "/", NULL, MS_REC | MS_SLAVE, NULL))
        failed("private");
    /* Its user may enter these namespaces: the change of credentials has forbidden to look into this process (ptrace(2)). */
    prctl(PR_SET_DUMPABLE, 1);
}

static int open_device(void)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        failed("/dev/fuse");
    return fd;
}

/* Descriptors must be opened in the user namespace of the mount, so this comes after own_namespace. */
static void show(const char *point, const char *options)
{
    char data[512];
    devices[0] = open_device();
    if (snprintf(data, sizeof data, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,default_permissions%s%s", devices[0],
                 geteuid(), getegid(), *options ? "," : "", options) >= (int)sizeof data) {
        errno = E2BIG;
        failed("options");
    }
    if (mount("mayfly", point, "fuse.mayfly", MS_NOSUID | MS_NODEV | MS_RDONLY, data))
        failed("mount");
    for (int i = 1; i < threads; i++) {
        uint32_t first = (uint32_t)devices[0];
        devices[i] = open_device();
        if (ioctl(devices[i], FUSE_DEV_IOC_CLONE, &first)) {
            int error = errno;
            umount2(point, MNT_DETACH);
            errno = error;
            failed("clone");
        }
    }
}

/* The id of the mount there; without a word to its server, which need not live. */
static uint64_t mount_id(const char *point)
{
    struct statx facts;
    return statx(AT_FDCWD, point, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_MNT_ID, &facts) ? 0 : facts.stx_mnt_id;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        failed("socket");
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, MOST_SERVERS))
        failed("socket");
    return fd;
}

static bool hand_over(int server)
{
    struct message m = {MAGIC, (uint32_t)threads};
    struct iovec body = {&m, sizeof m};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof devices)];
    } control;
    size_t length = sizeof(int) * (size_t)threads;
    struct msghdr message = {.msg_iov = &body, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(length)};
    memset(&control, 0, sizeof control);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(rights), devices, length);
    return sendmsg(server, &message, MSG_NOSIGNAL) == (ssize_t)sizeof m;
}

static void welcome(int listener)
{
    struct ucred who;
    socklen_t length = sizeof who;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (waiting == MOST_SERVERS || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) || who.uid != geteuid()
        || !hand_over(fd)) {
        close(fd);
        return;
    }
    servers[waiting++] = fd;
}

/* The first of those who wait serves. */
static void give_turn(void)
{
    while (!taken && waiting > 0) {
        struct message m = {MAGIC, generation};
        if (send(servers[0], &m, sizeof m, MSG_NOSIGNAL) == (ssize_t)sizeof m) {
            taken = true;
            generation++;
            return;
        }
        close(servers[0]);
        memmove(servers, servers + 1, sizeof *servers * (size_t)--waiting);
    }
}

/* Whether this server wants all of it to end. */
static bool hear(int which)
{
    char byte;
    ssize_t n = recv(servers[which], &byte, 1, 0);
    if (n > 0)
        return true;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    close(servers[which]);
    memmove(servers + which, servers + which + 1, sizeof *servers * (size_t)(--waiting - which));
    if (which == 0)
        taken = false;
    return false;
}

/* Asked now and then instead of waited for: a waiter would be woken by every request. */
static bool is_mounted(void)
{
    struct pollfd device = {.fd = devices[0]};
    return poll(&device, 1, 0) == 0 || !(device.revents & POLLERR);
}

static time_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void start_program(void)
{
    child = fork();
    if (child != 0) {
        if (child < 0)
            child = 0; /* the next look tries again */
        return;
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(server_log, 2);
    execv(program[0], program);
    dprintf(2, "mayfly-holder: %s: %s\n", program[0], strerror(errno));
    _exit(127);
}

static void supervise(const char *point)
{
    static time_t started = -1, unused = -1;
    time_t now = seconds();
    if (child > 0 && waitpid(child, NULL, WNOHANG) == child)
        child = 0;
    if (child == 0 && waiting == 0 && now != started) {
        started = now;
        start_program();
    }
    if (detached)
        return;
    if (flock(users, LOCK_EX | LOCK_NB)) {
        unused = -1;
        return;
    }
    if (unused < 0)
        unused = now;
    if (now - unused >= linger) {
        /* While nobody can begin to use it: who comes later finds nothing there, and mounts anew. */
        umount2(point, MNT_DETACH);
        detached = true;
    }
    flock(users, LOCK_UN);
}

/* Whether it was the signal to end. */
static bool signalled(int signals)
{
    struct signalfd_siginfo info;
    bool end = false;
    while (read(signals, &info, sizeof info) == sizeof info) {
        end |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
    }
    return end;
}

static void serve(int listener, int signals, time_t grace, const char *point)
{
    time_t busy = seconds();
    for (;;) {
        if (users >= 0)
            supervise(point);
        struct pollfd all[MOST_SERVERS + 2] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        int known = waiting;
        for (int i = 0; i < known; i++)
            all[i + 2] = (struct pollfd){.fd = servers[i], .events = POLLIN};
        if (poll(all, (nfds_t)known + 2, 1000) < 0 && errno != EINTR)
            return;
        if ((all[1].revents && signalled(signals)) || !is_mounted())
            return;
        for (int i = known - 1; i >= 0; i--)
            if (all[i + 2].revents && hear(i))
                return;
        if (all[0].revents)
            welcome(listener);
        give_turn();
        if (taken)
            busy = seconds();
        else if (seconds() - busy >= grace)
            return;
    }
}

static int signals_as_file(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static _Noreturn void usage(void)
{
    fputs("usage: mayfly-holder SOCKET POINT THREADS GRACE OPTIONS [own-namespace]"
          " [supervise USERS LINGER LOG PROGRAM WORDS...]\n", stderr);
    exit(2);
}

/* Opened before anything else, so that paths are those of who starts this. */
static void read_supervision(char **words, int count)
{
    if (count < 5 || strcmp(words[0], "supervise") != 0)
        usage();
    users = open(words[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    linger = atoi(words[2]);
    server_log = open(words[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (users < 0 || server_log < 0)
        failed("users");
    program = words + 4;
}

static void remove_folder_of(char *point)
{
    char *slash = strrchr(point, '/');
    rmdir(point);
    if (slash && slash != point) {
        char record[4200];
        *slash = 0;
        snprintf(record, sizeof record, "%s/holder", point);
        unlink(record);
        rmdir(point);
    }
}

int main(int argc, char **argv)
{
    if (argc < 6 || (threads = atoi(argv[3])) < 1 || threads > MOST_THREADS)
        usage();
    bool own = argc > 6 && strcmp(argv[6], "own-namespace") == 0;
    int used = own ? 7 : 6;
    if (argc > used)
        read_supervision(argv + used, argc - used);
    setvbuf(stdout, NULL, _IONBF, 0);
    /* A terminal that closes, or a server's own group that is killed, must not end this. */
    setsid();
    int signals = signals_as_file();
    if (own)
        own_namespace();
    int listener = listen_at(argv[1]);
    show(argv[2], argv[5]);
    uint64_t ours = mount_id(argv[2]);
    printf("ready %d\n", (int)getpid());
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; fd++)
        dup2(nothing, fd);
    serve(listener, signals, atoi(argv[4]), argv[2]);
    unlink(argv[1]);
    /* Somebody else may have unmounted ours, and have something of their own there. */
    if (!detached && mount_id(argv[2]) == ours)
        umount2(argv[2], MNT_DETACH);
    if (users >= 0)
        remove_folder_of(argv[2]);
    return 0;
}
