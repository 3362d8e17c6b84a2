/* Reads the plan. Every key is known, every number has bounds, every path is absolute and without "..". */
#define _GNU_SOURCE
#include "enter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_all(int fd, void *to, size_t length)
{
    for (size_t have = 0; have < length;) {
        ssize_t n = read(fd, (char *)to + have, length - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = 0;
            fail("plan", "it ends after %zu of %zu bytes", have, length);
        }
        have += (size_t)n;
    }
}

static _Noreturn void refuse(const char *key, const char *why)
{
    errno = 0;
    fail("plan", "%.40s: %s", key, why);
}

static const char *path(const char *key, const char *value)
{
    if (value[0] != '/')
        refuse(key, "not an absolute path");
    if (strlen(value) >= 4096)
        refuse(key, "too long");
    if (strstr(value, "/../") || (strlen(value) >= 3 && strcmp(value + strlen(value) - 3, "/..") == 0))
        refuse(key, "has ..");
    return value;
}

static const char *beneath(const char *key, const char *value)
{
    if (value[0] == '/' || value[0] == 0)
        refuse(key, "not a relative path");
    return value;
}

static const char *word(const char *key, const char *value)
{
    size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    if (length == 0 || length > 64 || value[length] != 0 || value[0] == '.')
        refuse(key, "not a name");
    return value;
}

static uint64_t number(const char *key, const char *value, uint64_t most)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 19 || value[digits] != 0)
        refuse(key, "not a number");
    uint64_t n = strtoull(value, NULL, 10);
    if (n > most)
        refuse(key, "too large");
    return n;
}

static int choice(const char *key, const char *value, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    refuse(key, "not one of its words");
}

static bool yes(const char *key, const char *value)
{
    return choice(key, value, (const char *const[]){"no", "yes", NULL}) == 1;
}

static void add(char **list, size_t *count, const char *key, char *value)
{
    if (*count >= WORDS_MAX)
        refuse(key, "too many");
    list[(*count)++] = value;
}

static struct bind *next_bind(struct plan *p, const char *key)
{
    if (p->bind_count == BINDS_MAX)
        refuse(key, "too many");
    struct bind *last = p->bind_count ? &p->binds[p->bind_count - 1] : NULL;
    if (last && !last->destination)
        refuse(key, "the one before has no bind-to");
    return &p->binds[p->bind_count++];
}

static struct bind *open_bind(struct plan *p, const char *key)
{
    if (p->bind_count == 0 || p->binds[p->bind_count - 1].destination)
        refuse(key, "there is no bind-root before it");
    return &p->binds[p->bind_count - 1];
}

static void take(struct plan *p, const char *key, char *value)
{
    static const char *const MODES[] = {"", "run", "join", NULL};
    static const char *const EDITS[] = {"none", "memory", "disk", NULL};
    if (strcmp(key, "mode") == 0)
        p->mode = (enum mode)choice(key, value, MODES);
    else if (strcmp(key, "edit") == 0)
        p->edit = (enum edit)choice(key, value, EDITS);
    else if (strcmp(key, "id") == 0)
        p->id = word(key, value);
    else if (strcmp(key, "folder") == 0)
        p->folder = path(key, value);
    else if (strcmp(key, "lower") == 0)
        p->lower = path(key, value);
    else if (strcmp(key, "target") == 0)
        p->target = path(key, value);
    else if (strcmp(key, "cwd") == 0)
        p->cwd = path(key, value);
    else if (strcmp(key, "startup") == 0)
        p->startup = path(key, value);
    else if (strcmp(key, "bytes") == 0)
        p->bytes = number(key, value, UINT64_C(1) << 50);
    else if (strcmp(key, "inodes") == 0)
        p->inodes = number(key, value, UINT64_C(1) << 40);
    else if (strcmp(key, "rootless") == 0)
        p->rootless = yes(key, value);
    else if (strcmp(key, "no-new-privs") == 0)
        p->no_new_privs = yes(key, value);
    else if (strcmp(key, "uid") == 0)
        p->uid = (uint32_t)number(key, value, UINT32_MAX - 1);
    else if (strcmp(key, "gid") == 0)
        p->gid = (uint32_t)number(key, value, UINT32_MAX - 1);
    else if (strcmp(key, "group") == 0) {
        if (p->group_count == GROUPS_LIMIT)
            refuse(key, "too many");
        p->groups[p->group_count++] = (gid_t)number(key, value, UINT32_MAX - 1);
    } else if (strcmp(key, "bind-root") == 0)
        next_bind(p, key)->root = path(key, value);
    else if (strcmp(key, "bind-writable") == 0)
        open_bind(p, key)->writable = yes(key, value);
    else if (strcmp(key, "bind-from") == 0)
        open_bind(p, key)->source = beneath(key, value);
    else if (strcmp(key, "bind-to") == 0)
        open_bind(p, key)->destination = beneath(key, value);
    else if (strcmp(key, "keeper") == 0)
        p->keeper = (pid_t)number(key, value, INT32_MAX);
    else if (strcmp(key, "keeper-start") == 0)
        p->keeper_start = number(key, value, INT64_MAX);
    else if (strcmp(key, "space") == 0)
        p->space = (pid_t)number(key, value, INT32_MAX);
    else if (strcmp(key, "space-start") == 0)
        p->space_start = number(key, value, INT64_MAX);
    else if (strcmp(key, "arg") == 0)
        add(p->argv, &p->argc, key, value);
    else if (strcmp(key, "env") == 0) {
        if (!strchr(value, '=') || value[0] == '=')
            refuse(key, "not NAME=value");
        add(p->envp, &p->envc, key, value);
    } else if (strcmp(key, "error") == 0)
        p->error = value;
    else if (strcmp(key, "exit") == 0)
        p->exit = (int)number(key, value, 255);
    else if (strcmp(key, "elsewhere") == 0)
        p->elsewhere = yes(key, value);
    else
        refuse(key, "not a key of a plan");
}

static void check(const struct plan *p)
{
    if (p->error || p->elsewhere)
        return;
    if (!p->mode || !p->id || !p->folder || !p->target || !p->cwd)
        refuse("plan", "mode, id, folder, target and cwd must be there");
    if (p->argc == 0)
        refuse("arg", "there is no command");
    if (p->mode == MODE_RUN && !p->lower)
        refuse("lower", "there is no view to show");
    if (p->edit == EDIT_MEMORY && (p->bytes == 0 || p->inodes == 0))
        refuse("bytes", "changes in memory need a limit of bytes and one of inodes");
    if (p->mode == MODE_JOIN && (p->keeper <= 0 || p->keeper_start == 0))
        refuse("keeper", "whom to join is not said");
    if (p->space && (p->mode != MODE_RUN || !p->rootless || p->space_start == 0))
        refuse("space", "only a runtime without root is made in another's namespaces");
    if (p->rootless && (p->uid != getuid() || p->gid != getgid()))
        refuse("uid", "without root it can only be one's own");
    for (size_t i = 0; i < p->bind_count; i++)
        if (!p->binds[i].source || !p->binds[i].destination)
            refuse("bind-root", "has no bind-from or bind-to");
}

struct plan *plan_read(int socket)
{
    uint8_t head[4];
    read_all(socket, head, sizeof head);
    size_t length = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (length == 0 || length > PLAN_MAX)
        refuse("plan", "empty or too long");
    char *text = malloc(length);
    struct plan *p = calloc(1, sizeof *p);
    if (!text || !p)
        fail("plan", "no memory");
    p->argv = calloc(WORDS_MAX + 1, sizeof *p->argv);
    p->envp = calloc(WORDS_MAX + 1, sizeof *p->envp);
    if (!p->argv || !p->envp)
        fail("plan", "no memory");
    read_all(socket, text, length);
    if (text[length - 1] != 0)
        refuse("plan", "does not end with NUL");
    for (char *at = text, *end = text + length; at < end;) {
        char *value = at + strlen(at) + 1;
        if (value >= end)
            refuse(at, "has no value");
        char *next = value + strlen(value) + 1;
        take(p, at, value);
        at = next;
    }
    check(p);
    return p;
}
