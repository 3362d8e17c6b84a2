/* Asks the service of environments for the plan of a command line. */
#define _GNU_SOURCE
#include "enter.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

#define PROTOCOL "1"

struct order {
    const char *verb, *spec, *name, *size, *at;
    bool edit, keep;
    char **command; /* ends with NULL */
};

/* What is sent: pairs, as in a plan, behind their length. */
struct pairs { char *bytes; size_t used, room; bool whole; };

static void put_text(struct pairs *to, const char *text)
{
    size_t length = strlen(text) + 1;
    if (to->used + length > to->room) {
        size_t room = (to->used + length) * 2;
        char *more = room > 2 * PLAN_MAX ? NULL : realloc(to->bytes, room);
        if (!more) {
            to->whole = false;
            return;
        }
        to->bytes = more;
        to->room = room;
    }
    memcpy(to->bytes + to->used, text, length);
    to->used += length;
}

static void put(struct pairs *to, const char *key, const char *value)
{
    if (to->whole && value) {
        put_text(to, key);
        put_text(to, value);
    }
}

static void put_number(struct pairs *to, const char *key, unsigned long value)
{
    char text[24];
    snprintf(text, sizeof text, "%lu", value);
    put(to, key, text);
}

/* The value of an option that has one: behind "=", or the next word. */
static bool valued(const char *option, char ***at, const char **value)
{
    size_t length = strlen(option);
    if (strncmp(**at, option, length) != 0)
        return false;
    if ((**at)[length] == '=') {
        *value = **at + length + 1;
        return true;
    }
    if ((**at)[length] != 0 || !(*at)[1])
        return false;
    *value = *++*at;
    return true;
}

/*
 * The common forms of `env run` and `env shell`, by the rules of EnvCommands in Java. Whatever is not one of them is not
 * understood, and left to Java, which also says what is wrong with it.
 */
static bool understand(char **words, struct order *o)
{
    if (!words[0] || strcmp(words[0], "env") != 0 || !words[1])
        return false;
    bool run = strcmp(words[1], "run") == 0;
    if (!run && strcmp(words[1], "shell") != 0)
        return false;
    o->verb = words[1];
    char **at = words + 2;
    for (; *at; at++) {
        if (strcmp(*at, "--edit") == 0)
            o->edit = true;
        else if (strcmp(*at, "--keep") == 0)
            o->keep = true;
        else if (valued("--name", &at, &o->name) || valued("--size", &at, &o->size) || valued("--at", &at, &o->at))
            continue;
        else if ((**at == '-' && (*at)[1]) || o->spec)
            return false;
        else {
            o->spec = *at;
            if (run)
                break;
        }
    }
    if (!run) {
        o->command = at;
        return true;
    }
    if (!o->spec)
        return false;
    o->command = at + 1;
    if (*o->command && strcmp(*o->command, "--") == 0)
        o->command++;
    return *o->command != NULL;
}

static void put_place(struct pairs *to, const struct order *o)
{
    char *real = getcwd(NULL, 0);
    put(to, "cwd", real);
    to->whole = to->whole && real;
    if (o->at && *o->at != '/' && real) {
        char *whole = NULL;
        if (asprintf(&whole, "%s/%s", real, o->at) < 0)
            to->whole = false;
        else
            put(to, "at", whole);
        free(whole);
    } else {
        put(to, "at", o->at);
    }
    free(real);
}

static void put_identity(struct pairs *to)
{
    gid_t groups[GROUPS_LIMIT];
    int count = getgroups(GROUPS_LIMIT, groups);
    to->whole = to->whole && count >= 0;
    put_number(to, "uid", getuid());
    put_number(to, "gid", getgid());
    for (int i = 0; i < count; i++)
        put_number(to, "group", groups[i]);
}

static bool send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(socket, bytes, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

bool ask(int socket, char **words)
{
    struct order o = {0};
    if (!understand(words, &o))
        return false;
    struct pairs all = {.whole = true};
    put(&all, "protocol", PROTOCOL);
    put(&all, "verb", o.verb);
    put(&all, "spec", o.spec ? o.spec : "-");
    put(&all, "edit", o.edit ? "yes" : NULL);
    put(&all, "keep", o.keep ? "yes" : NULL);
    put(&all, "name", o.name);
    put(&all, "size", o.size);
    put_place(&all, &o);
    put_identity(&all);
    for (char **each = o.command; *each; each++)
        put(&all, "arg", *each);
    for (char **each = environ; *each; each++)
        if (strchr(*each, '=') > *each) /* others have no name, and no program reads them */
            put(&all, "env", *each);
    bool sent = false;
    if (all.whole && all.used <= PLAN_MAX) {
        uint32_t n = (uint32_t)all.used;
        char head[4] = {(char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
        sent = send_all(socket, head, sizeof head) && send_all(socket, all.bytes, all.used);
    }
    free(all.bytes);
    return sent;
}
