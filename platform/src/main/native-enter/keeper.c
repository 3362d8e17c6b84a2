/* The keeper: root process of a runtime, or of those who have joined one. */
#define _GNU_SOURCE
#include "enter.h"
#include "../native/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int lock(int fd, int command, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    int result;
    do
        result = fcntl(fd, command, &whole);
    while (result < 0 && errno == EINTR);
    return result;
}

/*
 * FOLDER/life, with a shared lock that the kernel takes back when this process ends, however it ends (fcntl(2), open file
 * description locks). Whoever can lock it for himself alone knows that no keeper lives.
 */
static int take_life(const struct plan *p)
{
    int folder = open_folder(AT_FDCWD, p->folder, 0);
    if (folder < 0)
        fail(p->mode == MODE_JOIN ? "ended" : "folder", "%s", p->folder);
    int life = sys_openat2(folder, "life", O_RDWR | O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    if (life < 0)
        fail(p->mode == MODE_JOIN ? "ended" : "folder", "%s/life", p->folder);
    close(folder);
    if (lock(life, F_OFD_SETLK, F_RDLCK) < 0)
        fail("ended", "%s is being taken down", p->id);
    struct stat facts;
    if (fstat(life, &facts) < 0 || facts.st_nlink == 0) {
        errno = 0;
        fail("ended", "%s has just been taken down", p->id);
    }
    return life;
}

uint64_t process_start(pid_t pid)
{
    char name[40], text[1024];
    snprintf(name, sizeof name, "/proc/%d/stat", (int)pid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = 0;
    char *at = strrchr(text, ')'); /* the name before it may hold anything: proc_pid_stat(5) */
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

/* The number may be another process's by now: hold it by a descriptor first and compare when it was started. */
void enter_space(pid_t pid, uint64_t start, bool rootless, const char *gone)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0)
        fail(gone, "process %d", (int)pid);
    errno = 0;
    if (process_start(pid) != start)
        fail(gone, "process %d is another by now", (int)pid);
    if (setns(pidfd, CLONE_NEWNS | (rootless ? CLONE_NEWUSER : 0)) < 0)
        fail(errno == ESRCH ? gone : "namespace", "setns to process %d", (int)pid);
    close(pidfd);
}

static uint64_t namespace_id(void)
{
    struct stat facts;
    if (stat("/proc/self/ns/mnt", &facts) < 0)
        fail("namespace", "/proc/self/ns/mnt");
    return facts.st_ino;
}

/* Read by Java; whole or not there, and worthless after a reboot, so that it needs no fsync. */
static void write_record(const struct plan *p, uint64_t start, uint64_t namespace)
{
    char text[128];
    int length = snprintf(text, sizeof text, "%d %llu %llu\n", (int)getpid(), (unsigned long long)start,
                          (unsigned long long)namespace);
    int folder = sys_openat2(AT_FDCWD, p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS);
    if (folder < 0)
        fail("folder", "%s", p->folder);
    int fd = openat(folder, "keeper.new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, (size_t)length) != length || renameat(folder, "keeper.new", folder, "keeper") < 0)
        fail("folder", "%s/keeper", p->folder);
    close(fd);
    close(folder);
}

static void leave_terminal(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd); /* a reader of the command's output waits until nobody can write to it */
    if (null > 2)
        close(null);
    setsid();
}

static void tell(const struct plan *p, int entrance, int status)
{
    struct ending end = {.status = status};
    bool full = false;
    if (p->mode == MODE_RUN && place_usage(p, &end.used, &end.limit, &full))
        end.full = full;
    send(entrance, &end, sizeof end, MSG_NOSIGNAL);
}

/* Reaps until nobody is left; passes signals from the entrance on to the command while that lives. */
static void keep(const struct plan *p, int entrance, int signals, pid_t command)
{
    bool command_lives = true;
    for (;;) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
            if (ended == command) {
                tell(p, entrance, status);
                command_lives = false;
            }
        if (ended < 0 && errno == ECHILD)
            return;
        struct pollfd waits[] = {{.fd = signals, .events = POLLIN}, {.fd = entrance, .events = POLLIN}};
        if (poll(waits, 2, -1) < 0)
            continue;
        if (waits[0].revents) {
            struct signalfd_siginfo info;
            while (read(signals, &info, sizeof info) == sizeof info)
                ;
        }
        if (waits[1].revents) {
            uint8_t number;
            if (recv(entrance, &number, 1, MSG_DONTWAIT) == 1) {
                if (command_lives)
                    kill(command, number); /* not reaped yet, so the number is still its own */
            } else {
                close(entrance);
                entrance = -1; /* poll(2) ignores it from now on */
            }
        }
    }
}

_Noreturn void keeper_main(const struct plan *p, int entrance)
{
    prctl(PR_SET_NAME, "mayfly-keeper", 0, 0, 0);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        fail("keeper", "it cannot become a subreaper");
    int life = take_life(p);
    if (p->mode == MODE_JOIN)
        enter_space(p->keeper, p->keeper_start, p->rootless, "ended");
    else
        place_make(p);
    uint64_t start = process_start(getpid()), namespace = namespace_id();
    if (p->mode == MODE_RUN)
        write_record(p, start, namespace);

    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        fail("keeper", "signalfd");
    say("entered %d %llu %llu\n", (int)getpid(), (unsigned long long)start, (unsigned long long)namespace);
    hang_up(); /* Java learns from its end of the socket that the entrance has gone */
    pid_t command = fork();
    if (command == 0)
        command_main(p);
    leave_terminal();
    if (command < 0)
        tell(p, entrance, EXIT_SETUP << 8);
    keep(p, entrance, signals, command);
    if (p->mode == MODE_RUN) {
        lock(life, F_OFD_SETLKW, F_WRLCK); /* until those who have joined are gone as well */
        place_take_down(p);
    }
    _exit(0);
}
