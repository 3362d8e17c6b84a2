/*
 * Holds the network of a hypervisor: a namespace in which it runs, the port of this host's loopback that leads to port 22 in
 * there, and the way out. It ends when the command has, on SIGTERM ends the command, and killed takes the command with it.
 */
#define _GNU_SOURCE
#include "slot.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int signals_as_file(void)
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

int open_network(pid_t of)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", of);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        failed_errno(path);
    return fd;
}

/* Leaves this process in the new one. */
static void make_network(const struct plan *plan)
{
    int own = open_network(getpid());
    if (unshare(CLONE_NEWNET))
        failed_errno("network namespace (root is needed)");
    start_network();
    lead_all_to_holder();
    know_networks(plan, open_network(getpid()), own);
    if (setns(own, CLONE_NEWNET))
        failed_errno("the host's network");
    open_way();
}

static _Noreturn void be_command(pid_t holder, int network, char **command)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != holder || setns(network, CLONE_NEWNET))
        _exit(1);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    failed_errno(command[0]);
}

int hold(int count, char **words)
{
    static struct plan plan;
    int end = read_plan(&plan, count, words), status = 0;
    if (end + 1 >= count || plan.port < 1 || plan.port > 65535 || !plan.way)
        failed("words", "port, open and a command must be given");
    add_own_ranges(&plan, false);
    setsid();
    int signals = signals_as_file();
    int port = plan.port, tcp = listen_tcp(&port);
    make_network(&plan);
    pid_t holder = getpid(), child = fork();
    if (child == 0)
        be_command(holder, network_inside(), words + end + 1);
    if (child < 0)
        failed_errno("start");
    relay(tcp, -1, -1, signals);
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int try_way(void)
{
    static struct plan plan = {.ranges = {{0, 0, OPEN}}, .range_count = 1, .way = true};
    add_own_ranges(&plan, false);
    make_network(&plan);
    printf("ready\n");
    return 0;
}
