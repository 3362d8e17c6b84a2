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

/*
 * The same in csh, which has no loops in what follows -c: it gets the folder, the scripts, and the command.
 * csh drops empty words, so a command that has one is handed on with an "x" before each word, and sh takes that off again.
 */
#define CSH_HEAD "set mayfly_startup=$argv[1]:q; set mayfly_words=($argv:q); shift mayfly_words; "
#define CSH_EACH "source $mayfly_words[1]:q; shift mayfly_words; "
#define CSH_TAIL "exec $mayfly_words:q"
static char UNMARK[] = "for w do shift; set -- \"$@\" \"${w#x}\"; done; exec \"$@\"";

static int sh_script(const struct dirent *each)
{
    size_t length = strlen(each->d_name);
    return length > 3 && strcmp(each->d_name + length - 3, ".sh") == 0;
}

static int csh_script(const struct dirent *each)
{
    size_t length = strlen(each->d_name);
    return length > 4 && strcmp(each->d_name + length - 4, ".csh") == 0;
}

/* The csh of who uses a csh; NULL for everybody else. */
static const char *users_csh(char *const *envp)
{
    for (; *envp; envp++)
        if (strncmp(*envp, "SHELL=", 6) == 0) {
            const char *shell = *envp + 6, *name = strrchr(shell, '/');
            name = name ? name + 1 : shell;
            return strcmp(name, "csh") == 0 || strcmp(name, "tcsh") == 0 ? shell : NULL;
        }
    return NULL;
}

static void *get(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        cannot("no memory", EXIT_SETUP);
    return memory;
}

static char *join(const char *before, const char *between, const char *after)
{
    size_t length = strlen(before) + strlen(between) + strlen(after) + 1;
    char *all = get(length, 1);
    snprintf(all, length, "%s%s%s", before, between, after);
    return all;
}

static char **with_sh(const struct plan *p)
{
    char **with = get(p->argc + 5, sizeof *with);
    with[0] = (char *)"/bin/sh";
    with[1] = (char *)"-c";
    with[2] = SCRIPT;
    with[3] = (char *)p->startup;
    memcpy(with + 4, p->argv, p->argc * sizeof *with);
    return with;
}

static char **with_csh(const struct plan *p, const char *csh, struct dirent **scripts, size_t count)
{
    bool empty = false;
    for (size_t i = 0; i < p->argc; i++)
        empty |= p->argv[i][0] == 0;
    char *text = get(sizeof CSH_HEAD + count * sizeof CSH_EACH + sizeof CSH_TAIL, 1);
    strcpy(text, CSH_HEAD);
    char **with = get(p->argc + count + 12, sizeof *with), **at = with;
    *at++ = (char *)csh;
    *at++ = (char *)"-f"; /* his own start files are for his own shells */
    *at++ = (char *)"-c";
    *at++ = text;
    *at++ = (char *)p->startup;
    for (size_t i = 0; i < count; i++) {
        strcat(text, CSH_EACH);
        *at++ = join(p->startup, "/", scripts[i]->d_name);
    }
    strcat(text, CSH_TAIL);
    if (empty) {
        *at++ = (char *)"/bin/sh";
        *at++ = (char *)"-c";
        *at++ = UNMARK;
        *at++ = (char *)"sh";
    }
    for (size_t i = 0; i < p->argc; i++)
        *at++ = empty ? join("x", "", p->argv[i]) : p->argv[i];
    return with;
}

/* Scripts for csh are for who uses one; where there are none for him, those for sh set the same variables. */
static char **with_scripts(const struct plan *p)
{
    struct dirent **scripts;
    const char *csh = users_csh(p->envp);
    int count = csh ? scandir(p->startup, &scripts, csh_script, alphasort) : 0;
    if (count > 0)
        return with_csh(p, csh, scripts, (size_t)count);
    return scandir(p->startup, &scripts, sh_script, alphasort) > 0 ? with_sh(p) : p->argv;
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
    char **argv = p->startup ? with_scripts(p) : p->argv;
    execvp(argv[0], argv);
    cannot(argv[0], errno == ENOENT ? 127 : 126); /* as sh counts */
}
