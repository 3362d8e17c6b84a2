/* The holder, and the slot's first process up to where it gives up its powers. */
#define _GNU_SOURCE
#include "slot.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_SOCKET "guest.sock"
enum { GUEST_LINE = 3, REMOVE_TRIES = 500, REMOVE_PAUSE_US = 10000 };

static int tell = 1; /* where a failure is said */

void failed(const char *step, const char *why)
{
    dprintf(tell, "failed %s: %s\n", step, why);
    _exit(1);
}

void failed_errno(const char *step)
{
    failed(step, strerror(errno));
}

void write_text(const char *step, const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        failed_errno(step);
    close(fd);
}

/* ---- the slot's first process ---- */

static void forget_host(int guest)
{
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(nothing, fd);
    dup2(guest, GUEST_LINE);
    fcntl(GUEST_LINE, F_SETFD, FD_CLOEXEC);
    close_range(GUEST_LINE + 1, ~0u, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    clearenv();
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
}

/* What the holder was started with names places of the host, and process 1 can be read by everybody in the slot. */
static void forget_words(int count, char **words)
{
    for (int i = 0; i < count; i++)
        memset(words[i], 0, strlen(words[i]));
    strcpy(words[0], "slot");
}

static _Noreturn void be_init(const struct plan *plan, int user_namespace, int guest, int up, int go)
{
    char byte;
    tell = up;
    prctl(PR_SET_NAME, "mayfly-slot-1");
    setsid();
    /* The holder has put this process into its groups when it says so, so that all that follows is counted. */
    if (read(go, &byte, 1) != 1)
        _exit(1);
    if (unshare(CLONE_NEWCGROUP))
        failed_errno("cgroup namespace");
    /* A job that eats the memory must not take the agent with it; where that may not be said, the job is the largest. */
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0 && write(score, "-900", 4) < 0)
        errno = 0;
    close(score);
    if (sethostname(plan->name, strlen(plan->name)))
        failed_errno("name");
    start_network();
    if (plan->way)
        lead_all_to_holder();
    make_root(plan, user_namespace);
    become_slot_root(user_namespace);
    give_up_powers();
    /* A change of ids takes this back, so it comes after; a holder that died meanwhile is seen by its end of the pipe. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (write(up, "up\n", 3) != 3 || read(go, &byte, 1) != 1)
        _exit(1);
    forget_host(guest);
    if (fork() == 0)
        serve_guest(GUEST_LINE, (char *)plan->hook);
    close(GUEST_LINE);
    for (;;)
        if (wait(NULL) < 0)
            pause();
}

/* ---- the holder ---- */

static void join_groups(const struct plan *plan, pid_t child)
{
    char path[4096], text[16];
    snprintf(text, sizeof text, "%d", child);
    for (int i = 0; i < plan->group_count; i++) {
        snprintf(path, sizeof path, "%s/cgroup.procs", plan->groups[i]);
        write_text(plan->groups[i], path, text);
    }
}

static void remove_groups(const struct plan *plan)
{
    for (int i = 0; i < plan->group_count; i++)
        for (int tries = 0; rmdir(plan->groups[i]) && errno == EBUSY && tries < REMOVE_TRIES; tries++)
            usleep(REMOVE_PAUSE_US);
}

static void end_slot(const struct plan *plan, pid_t child)
{
    int status;
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    remove_groups(plan);
    unlink(GUEST_SOCKET);
}

static void say_nothing_more(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, 0);
    dup2(nothing, 1);
    close(nothing);
}

int main(int count, char **words)
{
    static struct plan plan;
    int up[2], go[2], guest[2], port = 0;
    char said[512];
    if (count > 1 && !strcmp(words[1], "hold"))
        return hold(count - 1, words + 1);
    if (count > 1 && !strcmp(words[1], "try"))
        return try_way();
    read_plan(&plan, count, words);
    if (!plan.root || !plan.blank || !plan.disk || !plan.name || !plan.machine || !plan.hook || plan.ids < IDS)
        failed("words", "root, blank, disk, name, machine, hook and ids must be given");
    add_own_ranges(&plan, true);
    setsid();
    int signals = signals_as_file();
    int tcp = listen_tcp(&port);
    int local = listen_unix(GUEST_SOCKET);
    copy_blank(&plan);
    int user_namespace = make_user_namespace(plan.ids);
    struct signalfd_siginfo helper; /* which made the namespace, and has ended */
    while (read(signals, &helper, sizeof helper) > 0)
        ;
    if (pipe2(up, O_CLOEXEC) || pipe2(go, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, guest))
        failed_errno("pipes");
    pid_t child = (pid_t)syscall(SYS_clone,
                                 CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD,
                                 0, 0, 0, 0);
    if (child == 0) {
        close(go[1]);
        close(guest[0]);
        forget_words(count, words);
        be_init(&plan, user_namespace, guest[1], up[1], go[0]);
    }
    if (child < 0)
        failed_errno("namespaces");
    close(up[1]);
    close(go[0]);
    close(guest[1]);
    close(user_namespace);
    join_groups(&plan, child);
    ssize_t n = write(go[1], "+", 1) == 1 ? read(up[0], said, sizeof said - 1) : -1;
    said[n > 0 ? n : 0] = 0;
    if (strcmp(said, "up\n") != 0) {
        end_slot(&plan, child);
        dprintf(1, "%s", *said ? said : "failed start: the slot's first process has ended\n");
        return 1;
    }
    know_networks(&plan, open_network(child), open_network(getpid()));
    if (plan.way)
        open_way();
    if (write(go[1], "+", 1) != 1)
        failed_errno("start");
    dprintf(1, "ready %d\n", port);
    say_nothing_more();
    relay(tcp, local, guest[0], signals);
    end_slot(&plan, child);
    return 0;
}
