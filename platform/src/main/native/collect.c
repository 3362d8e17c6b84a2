/*
 * LIST and READ of what a finished job left in /workspace. Every process that could change the tree is dead; the names and
 * contents are hostile all the same: no link is followed, only regular files are read, depth and count are bounded.
 */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64, ENTRIES_MAX = 100000, PATH_ROOM = 4096 };
static const uint64_t BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;

struct walk { const struct conn *java; char path[PATH_ROOM]; uint64_t count; bool truncated; };

static char kind_of(const struct stat *st)
{
    return S_ISREG(st->st_mode) ? 'f' : S_ISDIR(st->st_mode) ? 'd' : S_ISLNK(st->st_mode) ? 'l' : 'o';
}

static void send_entry(struct walk *w, size_t length, const struct stat *st)
{
    char kind = kind_of(st);
    out_begin(ENTRY);
    out_bytes(ENTRY_PATH, w->path, length);
    out_bytes(ENTRY_KIND, &kind, 1);
    out_u64(ENTRY_SIZE, (uint64_t)st->st_size);
    out_u64(ENTRY_MODE, st->st_mode & 07777);
    out_send(w->java);
    w->count++;
}

/* Lists the folder `name` in `parent`, whose path (with a final slash, empty for the root) is w->path[0..length). */
static void list_folder(struct walk *w, int parent, const char *name, size_t length, int depth)
{
    int fd = sys_openat2(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0, BENEATH);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        w->truncated = true;
        return;
    }
    while ((e = readdir(dir)) && w->count < ENTRIES_MAX) {
        struct stat st;
        size_t n = strlen(e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (length + n + 2 > PATH_ROOM || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
            w->truncated = true;
            continue;
        }
        memcpy(w->path + length, e->d_name, n);
        send_entry(w, length + n, &st);
        if (!S_ISDIR(st.st_mode))
            continue;
        if (depth == DEPTH_MAX) {
            w->truncated = true;
            continue;
        }
        w->path[length + n] = '/';
        list_folder(w, fd, e->d_name, length + n + 1, depth + 1);
    }
    w->truncated |= e != NULL;
    closedir(dir);
}

static void refuse(struct slot *s, const char *step, const char *text)
{
    struct fault fault;
    fault_set(&fault, step, "%s", text);
    send_refused(&s->java, &fault);
}

void collect_list(struct slot *s)
{
    struct walk w = {.java = &s->java};
    if (s->workspace < 0) {
        errno = 0;
        refuse(s, "list", "no finished job is kept");
        return;
    }
    list_folder(&w, s->workspace, ".", 0, 1);
    out_begin(END);
    out_u64(END_COUNT, w.count);
    out_u64(END_TRUNCATED, w.truncated);
    out_send(&s->java);
}

/* Streams through a fixed buffer: a finished job may have left the slot's memory group full, and there the next
   allocation would have the launcher killed. */
static void send_data(struct slot *s, int fd, uint64_t offset, uint64_t length)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        errno = errno ? errno : EINVAL;
        refuse(s, "read", "not a regular file");
        return;
    }
    uint64_t size = (uint64_t)st.st_size, left = offset < size ? size - offset : 0;
    if (length > left)
        length = left;
    out_begin(DATA);
    out_u64(DATA_EOF, offset + length >= size);
    out_announce(DATA_BYTES, length);
    out_send(&s->java);
    while (length > 0) {
        ssize_t n = pread(fd, scratch->chunk, length < CHUNK ? length : CHUNK, (off_t)offset);
        if (n <= 0) /* cannot happen: nothing runs that could shorten the file; the length is already promised */
            _exit(EXIT_PROTOCOL);
        out_raw(&s->java, scratch->chunk, (size_t)n);
        offset += (uint64_t)n;
        length -= (uint64_t)n;
    }
}

void collect_read(struct slot *s, const struct frame *frame)
{
    struct cursor cur = frame_fields(frame);
    struct field f;
    char *path = NULL;
    uint64_t offset = 0, length = READ_MAX;
    while (next_field(&s->java, &cur, &f)) {
        switch (f.tag) {
        case READ_PATH: free(path); path = field_text(&s->java, &f); break;
        case READ_OFFSET: offset = field_u64(&s->java, &f); break;
        case READ_LENGTH: length = field_u64(&s->java, &f); break;
        default: protocol_error(&s->java, "READ: unknown field %u", f.tag);
        }
    }
    if (!path || length > READ_MAX || offset > INT64_MAX)
        protocol_error(&s->java, "READ: path missing, or offset or length out of range");
    const char *below = strncmp(path, "/workspace/", 11) == 0 ? path + 11 : path;
    errno = 0;
    if (s->workspace < 0) {
        refuse(s, "read", "no finished job is kept");
    } else {
        int fd = sys_openat2(s->workspace, below, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0, BENEATH);
        if (fd < 0) {
            refuse(s, "read", "cannot be opened below /workspace without following links");
        } else {
            errno = 0;
            send_data(s, fd, offset, length);
            close(fd);
        }
    }
    free(path);
}
