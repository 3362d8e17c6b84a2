/* From keeper to command: who it is, what it may, where it starts. */
#define _GNU_SOURCE
#include "enter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

/* As SPFS' shell script does: scripts of the environment set it up, in the order of their names, then comes the command. */
static char SCRIPT[] = "for f in \"$0\"/*.sh; do if [ -r \"$f\" ]; then . \"$f\"; fi; done; exec \"$@\"";

static _Noreturn void cannot(const char *what, int status)
{
    dprintf(2, "mayfly: %s: %s\n", what, strerror(errno));
    _exit(status);
}

static void become(const struct plan *p)
{
    if (p->rootless) {
        /* Root of the machine stays uid 0 in its own namespace; without these it gains nothing by exec. */
        for (unsigned long capability = 0; capability < 64; capability++)
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    } else if (getuid() == 0) {
        if (setgroups(p->group_count, p->groups) < 0 || setresgid(p->gid, p->gid, p->gid) < 0
            || setresuid(p->uid, p->uid, p->uid) < 0)
            cannot("the command cannot get its identity", EXIT_SETUP);
    }
    if (p->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        cannot("no_new_privs", EXIT_SETUP);
}

static bool has_scripts(const char *folder)
{
    DIR *list = opendir(folder);
    bool found = false;
    for (struct dirent *each; list && !found && (each = readdir(list));) {
        size_t length = strlen(each->d_name);
        found = length > 3 && strcmp(each->d_name + length - 3, ".sh") == 0;
    }
    if (list)
        closedir(list);
    return found;
}

static void reset_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &plain, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void command_main(const struct plan *p)
{
    become(p);
    reset_signals();
    if (chdir(p->cwd) < 0)
        cannot(p->cwd, EXIT_SETUP);
    environ = p->envp;
    char **argv = p->argv;
    if (p->startup && has_scripts(p->startup)) {
        char **with = calloc(p->argc + 5, sizeof *with);
        if (!with)
            cannot("no memory", EXIT_SETUP);
        with[0] = (char *)"/bin/sh";
        with[1] = (char *)"-c";
        with[2] = SCRIPT;
        with[3] = (char *)p->startup;
        memcpy(with + 4, argv, p->argc * sizeof *with);
        argv = with;
    }
    execvp(argv[0], argv);
    cannot(argv[0], errno == ENOENT ? 127 : 126); /* as sh counts */
}
