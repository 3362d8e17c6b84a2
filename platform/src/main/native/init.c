/*
 * Pid 1 of a job. Mounts what is private to the job, enters the slot's user namespace, starts the job and reaps until the
 * job's main process ends; its own end takes the rest of the pid namespace with it.
 */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* Tells the launcher that the job runs, and hands it the seccomp listener. */
static void send_started(int socket, int listener)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&(char){'s'}, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (listener >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof listener);
        memcpy(CMSG_DATA(c), &listener, sizeof listener);
    }
    if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        _exit(1); /* the launcher is gone */
}

static int mount_private(const struct job *j, struct fault *fault)
{
    /* Files of /proc that tell about the host and are readable for everyone; the others are guarded by their owner. */
    static const char *const MASKED[] = {"/proc/keys", "/proc/cmdline", "/proc/interrupts"};
    if (sys_move_mount(j->workspace, "/workspace") < 0 || sys_move_mount(j->tmp, "/tmp") < 0)
        return fault_set(fault, "mount-ns", "attach the private file systems");
    for (unsigned i = 0; i < j->bind_count; i++)
        if (sys_move_mount(j->binds[i].fd, j->binds[i].target) < 0)
            return fault_set(fault, "rootfs", "attach the bind at %s", j->binds[i].target);
    /* Read-only: no sysctl, no sysrq-trigger, whatever the owner of the file. */
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "hidepid=2") < 0)
        return fault_set(fault, "mount-ns", "mount /proc");
    for (unsigned i = 0; i < sizeof MASKED / sizeof *MASKED; i++)
        if (mount("/dev/null", MASKED[i], NULL, MS_BIND, NULL) < 0 && errno != ENOENT)
            return fault_set(fault, "mount-ns", "mask %s", MASKED[i]);
    return 0;
}

static int exec_in_path(const struct job *j)
{
    const char *path = "/usr/local/bin:/usr/bin:/bin", *name = j->argv[0];
    char full[4096];
    int denied = 0;
    if (strchr(name, '/')) {
        execve(name, j->argv, j->envp);
        return errno;
    }
    for (char **e = j->envp; *e; e++)
        if (strncmp(*e, "PATH=", 5) == 0)
            path = *e + 5;
    for (;;) {
        size_t length = strcspn(path, ":");
        int n = snprintf(full, sizeof full, "%.*s%s%s", (int)length, path, length ? "/" : "", name);
        if (n > 0 && (size_t)n < sizeof full) {
            execve(full, j->argv, j->envp);
            if (errno == EACCES)
                denied = errno;
            else if (errno != ENOENT && errno != ENOTDIR)
                return errno;
        }
        if (!path[length])
            return denied ? denied : ENOENT;
        path += length + 1;
    }
}

/* The job's process, sharing init's memory (vfork) until it execs: no page of the launcher is copied for it. */
static int job_main(void *arg)
{
    struct report *r = arg;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
    if ((r->job->flags & RUN_FLAG_NO_ASLR) && personality(ADDR_NO_RANDOMIZE) < 0) {
        fault_set(&r->fault, "aslr", "personality");
        _exit(1);
    }
    r->listener = confine(r->slot, r->job, &r->fault);
    if (r->listener == -2 || r->job->trial)
        _exit(r->listener == -2 ? 1 : 0);
    r->exec_errno = exec_in_path(r->job);
    _exit(1);
}

/* As sh does: 127 when there is no such program, 126 when it cannot be executed. */
static int exec_failed(const struct report *r)
{
    char text[512];
    int error = r->exec_errno;
    int n = snprintf(text, sizeof text, "mayfly: %.400s: %s\n", r->job->argv[0],
                     error == ENOENT ? "not found" : strerror(error));
    if (n > 0 && write(2, text, (size_t)n) < 0)
        error = errno;
    return (r->exec_errno == ENOENT ? 127 : 126) << 8;
}

/* The ids of init differ from the job's, so that nothing in the box may signal, trace or read it. */
static void drop_init(struct report *r, int socket)
{
    struct pollfd parent = {.fd = socket};
    if (drop_identity(r->slot->rootless ? JOB_ID : INIT_ID, &r->fault) < 0)
        _exit(1);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* a change of ids clears it */
    if (poll(&parent, 1, 0) > 0 && (parent.revents & (POLLHUP | POLLERR)))
        _exit(1); /* the launcher died in between */
}

static int reap(pid_t main_process)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, 0);
        if (pid == main_process)
            return status;
        if (pid < 0 && errno != EINTR)
            return SIGKILL;
    }
}

/* Descriptors: 0-2 the job's, 3 the launcher, 4 the user namespace; everything else is closed. */
static void arrange_fds(const struct slot *s, const struct job *j, int socket, int out, int err)
{
    enum { HIGH = 64 };
    const int wanted[] = {j->stdin_fd >= 0 ? j->stdin_fd : s->dev_null, out, err, socket, s->user_ns};
    int moved[5];
    for (int i = 0; i < 5; i++)
        moved[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, HIGH);
    for (int i = 0; i < 5; i++)
        if (moved[i] < 0 || dup3(moved[i], i, i < 3 ? 0 : O_CLOEXEC) < 0)
            _exit(1);
    sys_close_range(5, ~0U);
}

static int enter_user_ns(const struct slot *s, struct fault *fault)
{
    if (syscall(SYS_setgroups, 0, NULL) < 0 && !s->rootless)
        return fault_set(fault, "uid", "leave the supplementary groups");
    /* /proc/self/cgroup would tell the pid of the service and the number of the slot. */
    if (unshare(CLONE_NEWCGROUP) < 0)
        return fault_set(fault, "cgroup-ns", "unshare");
    if (setns(4, CLONE_NEWUSER) < 0)
        return fault_set(fault, "user-ns", "enter");
    close(4);
    return give_up_privileges(fault);
}

_Noreturn void init_main(struct slot *s, struct job *j, int socket, int out, int err)
{
    static char stack[64 << 10] __attribute__((aligned(16)));
    struct report *r = s->report;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0);
    if (mount_private(j, &r->fault) < 0)
        _exit(1);
    arrange_fds(s, j, socket, out, err);
    socket = 3;
    if (enter_user_ns(s, &r->fault) < 0)
        _exit(1);
    pid_t pid = clone(job_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, r);
    if (pid < 0)
        fault_set(&r->fault, "pid-ns", "start the job's process");
    if (r->fault.step[0])
        _exit(1);
    int failed = r->exec_errno ? exec_failed(r) : 0;
    send_started(socket, r->listener);
    if (r->listener >= 0)
        close(r->listener);
    sys_close_range(0, 2);
    drop_init(r, socket);
    int status = reap(pid);
    r->status = failed ? failed : status;
    r->done = true;
    _exit(0);
}
