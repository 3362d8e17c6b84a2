/* The entrance. */
#define _GNU_SOURCE
#include "enter.h"
#include "../native/sys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static int java = -1; /* both the entrance and the keeper speak on it, a line at a time */
static char **elsewhere; /* SCRIPT and its words, as long as this process may still become them */
static bool asked;       /* the service of environments has made the plan, and nobody else tells the user anything */

static _Noreturn void go_elsewhere(void)
{
    setenv("MAYFLY_ENV_ASKED", "1", 1); /* so that SCRIPT does not ask again */
    execv(elsewhere[0], elsewhere);
    dprintf(2, "mayfly: %s: %s\n", elsewhere[0], strerror(errno));
    _exit(EXIT_SETUP);
}

static void send_line(const char *text, size_t length)
{
    if (java >= 0)
        send(java, text, length, MSG_NOSIGNAL);
}

void say(const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0)
        send_line(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

/* Why nothing runs, as the service says it; or, when it says nothing any more, as we do. */
static _Noreturn void tell_user(const char *step, int error, const char *text)
{
    static const char *first_step, *first_text;
    static int first_error;
    if (!first_step) {
        first_step = step;
        first_text = text;
        first_error = error;
        const struct plan *answer = plan_read(java); /* comes back here when there is none */
        if (answer->error) {
            dprintf(2, "%s\n", answer->error);
            _exit(answer->exit);
        }
    }
    dprintf(2, "error MF-7104: the runtime cannot be made\nwhy: %s: %s%s%s\nfix: try again; if it stays, run `mayfly doctor`\n",
            first_step, first_text, first_error ? ": " : "", first_error ? strerror(first_error) : "");
    _exit(EXIT_INTERNAL);
}

void fail(const char *step, const char *format, ...)
{
    int error = errno;
    if (elsewhere)
        go_elsewhere();
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text[strcspn(text, "\n")] = 0;
    say("failed %s %d %s\n", step, error, text);
    if (asked)
        tell_user(step, error, text);
    _exit(EXIT_SETUP);
}

void hang_up(void)
{
    close(java);
    java = -1;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : fd;
}

/* Signals that somebody sent; those of a terminal reach the command by themselves, it is in the same group. */
static void pass_on(int signals, int keeper)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info)
        if (info.ssi_signo != SIGCHLD && info.ssi_code <= 0) {
            uint8_t number = (uint8_t)info.ssi_signo;
            send(keeper, &number, 1, MSG_NOSIGNAL);
        }
}

/* The keeper has told the user why nothing runs, unless it was killed. */
static int without_ending(pid_t keeper)
{
    int status;
    if (!asked || waitpid(keeper, &status, 0) != keeper)
        return EXIT_SETUP; /* Java sees no "ended" */
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    dprintf(2, "error MF-7104: nobody knows how the command ended\nwhy: the keeper of its runtime was killed\n"
               "fix: mayfly env runtime prune clears away what it left\n");
    return EXIT_INTERNAL;
}

static int wait_for_command(int signals, int keeper, pid_t keeper_pid)
{
    for (;;) {
        struct pollfd waits[] = {{.fd = signals, .events = POLLIN}, {.fd = keeper, .events = POLLIN}};
        if (poll(waits, 2, -1) < 0)
            continue;
        if (waits[0].revents)
            pass_on(signals, keeper);
        if (!waits[1].revents)
            continue;
        struct ending end;
        if (recv(keeper, &end, sizeof end, 0) != sizeof end)
            return without_ending(keeper_pid);
        int status = WIFSIGNALED(end.status) ? 128 + WTERMSIG(end.status) : WEXITSTATUS(end.status);
        say("ended %d %llu %llu %llu\n", status, (unsigned long long)end.used, (unsigned long long)end.limit,
            (unsigned long long)end.full);
        if (asked && end.full)
            dprintf(2, "the room for changes is full: %llu MB; --size gives more, --keep puts changes on disk\n",
                    (unsigned long long)end.limit >> 20);
        return status;
    }
}

static const struct plan *plan_of_service(const char *path, char **script_and_words)
{
    elsewhere = script_and_words;
    java = connect_to(path);
    if (java < 0 || !ask(java, script_and_words + 1))
        go_elsewhere();
    const struct plan *p = plan_read(java);
    if (p->elsewhere)
        go_elsewhere();
    elsewhere = NULL;
    asked = true;
    if (p->error) {
        dprintf(2, "%s\n", p->error);
        _exit(p->exit);
    }
    return p;
}

static const struct plan *plan_of_java(const char *path)
{
    java = connect_to(path);
    if (java < 0) {
        dprintf(2, "mayfly-enter: %s: %s\n", path, strerror(errno));
        _exit(EXIT_SETUP);
    }
    const struct plan *p = plan_read(java);
    if (p->error || p->elsewhere) {
        errno = 0;
        fail("plan", "it is an answer for who asks");
    }
    return p;
}

int main(int argc, char **argv)
{
    bool asks = argc >= 5 && strcmp(argv[1], "--ask") == 0;
    if (!asks && (argc != 3 || strcmp(argv[1], "--socket") != 0)) {
        dprintf(2, "usage: mayfly-enter --socket PATH   (started by mayfly env run)\n");
        return EXIT_SETUP;
    }
    if (getauxval(AT_SECURE)) {
        dprintf(2, "mayfly-enter: it must not be set-user-id or have file capabilities: its plan is its caller's\n");
        return EXIT_SETUP;
    }
    sys_close_range(3, ~0U);
    const struct plan *p = asks ? plan_of_service(argv[2], argv + 3) : plan_of_java(argv[2]);

    /* What stops a process of a terminal must stop this one too, so it is not blocked. */
    static const int PASSED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGALRM};
    sigset_t watched;
    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof PASSED / sizeof *PASSED; i++)
        sigaddset(&watched, PASSED[i]);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    int pair[2], signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        fail("keeper", "signals");
    pid_t keeper = fork();
    if (keeper < 0)
        fail("keeper", "fork");
    if (keeper == 0) {
        close(pair[0]);
        close(signals);
        keeper_main(p, pair[1]);
    }
    close(pair[1]);
    return wait_for_command(signals, pair[0], keeper);
}
