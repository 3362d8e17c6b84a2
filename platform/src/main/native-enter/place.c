/*
 * The mount namespace of a runtime. In it, and nowhere else, are:
 *   FOLDER/top    a tmpfs whose source is "mayfly-ID". It is the mark by which a sweep finds what belongs to a runtime, and
 *                 holds the parts of the overlay, so that no path of a user becomes part of a mount option:
 *                 lower (a bind of the view), rw/upper and rw/work.
 *   TARGET        the view itself, read-only, or the overlay.
 * When the last process is gone, the kernel drops the namespace with all of its mounts; nothing has to be unmounted.
 */
#define _GNU_SOURCE
#include "enter.h"
#include "../native/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MS_REC_SLAVE (16384UL | (1UL << 19)) /* MS_REC | MS_SLAVE, linux/mount.h */

static int sys_fsopen(const char *type)
{
    return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
}

static int option(int context, const char *key, const char *value)
{
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

static int flag(int context, const char *key)
{
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, key, NULL, 0);
}

static int finish(int context, unsigned attributes)
{
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -1;
    return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

static int attach(int mount, int to)
{
    return (int)syscall(SYS_move_mount, mount, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int open_folder(int at, const char *path, uint64_t resolve)
{
    return sys_openat2(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0, resolve | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

/* What the kernel says about a mount that failed, for people; empty when it says nothing. */
static const char *said(int context)
{
    static char text[160];
    int saved = errno;
    ssize_t n = read(context, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    text[strcspn(text, "\n")] = 0;
    errno = saved;
    return text;
}

static void put_text(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        fail("namespace", "%s", file);
    close(fd);
}

static void make_namespaces(const struct plan *p)
{
    if (p->space) /* its user namespace has the one id mapped already, see holder.c */
        enter_space(p->space, p->space_start, true, "lower");
    if (unshare(CLONE_NEWNS | (p->rootless && !p->space ? CLONE_NEWUSER : 0)) < 0)
        fail("namespace", "unshare");
    if (p->rootless && !p->space) {
        char map[64];
        put_text("/proc/self/setgroups", "deny"); /* or the map of groups may not be written: user_namespaces(7) */
        snprintf(map, sizeof map, "%u %u 1", p->uid, p->uid);
        put_text("/proc/self/uid_map", map);
        snprintf(map, sizeof map, "%u %u 1", p->gid, p->gid);
        put_text("/proc/self/gid_map", map);
    }
    if (mount(NULL, "/", NULL, MS_REC_SLAVE, NULL) < 0)
        fail("namespace", "mounts cannot be made slaves");
}

static int clone_tree(int from, const char *step, const char *name, bool writable)
{
    int tree = sys_open_tree(from, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        fail(step, "%s cannot be bound", name);
    if (sys_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
                          MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (writable ? 0 : MOUNT_ATTR_RDONLY)) < 0)
        fail(step, "%s cannot be made nosuid", name);
    return tree;
}

/* The tmpfs at FOLDER/top; returns a descriptor of its root. */
static int make_top(const struct plan *p, int folder, const char *source)
{
    int at = open_folder(folder, "top", RESOLVE_BENEATH);
    if (at < 0)
        fail("top", "%s/top", p->folder);
    int context = sys_fsopen("tmpfs");
    char size[24], inodes[24];
    bool holds = p->edit == EDIT_MEMORY;
    snprintf(size, sizeof size, "%llu", (unsigned long long)(holds ? p->bytes : 65536));
    /* Its root, lower, rw, upper, work and work/work are its own. */
    snprintf(inodes, sizeof inodes, "%llu", (unsigned long long)(holds ? p->inodes + 8 : 16));
    if (context < 0 || option(context, "source", source) < 0 || option(context, "size", size) < 0
        || option(context, "nr_inodes", inodes) < 0 || option(context, "mode", "0755") < 0)
        fail("top", "tmpfs %s", said(context));
    int mounted = finish(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mounted < 0 || attach(mounted, at) < 0)
        fail("top", "tmpfs %s", said(context));
    close(context);
    close(at);
    return mounted;
}

static void own_folder(const struct plan *p, int at, const char *name, mode_t mode)
{
    if (mkdirat(at, name, mode) < 0 && errno != EEXIST)
        fail("changes", "%s", name);
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fchmod(fd, mode) < 0 || (!p->rootless && fchown(fd, p->uid, p->gid) < 0))
        fail("changes", "%s", name);
    close(fd);
}

/* rw/upper and rw/work below the tmpfs; rw is a folder of it or the runtime's own on disk. */
static void make_changes(const struct plan *p, int folder, int top)
{
    if (mkdirat(top, "rw", 0755) < 0)
        fail("changes", "rw");
    if (p->edit == EDIT_DISK) {
        int disk = open_folder(folder, "disk", RESOLVE_BENEATH);
        int at = open_folder(top, "rw", RESOLVE_BENEATH);
        if (disk < 0 || at < 0)
            fail("changes", "%s/disk", p->folder);
        if (attach(clone_tree(disk, "changes", "disk", true), at) < 0)
            fail("changes", "%s/disk", p->folder);
        close(disk);
        close(at);
    }
    int rw = openat(top, "rw", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (rw < 0)
        fail("changes", "rw");
    own_folder(p, rw, "upper", 0777); /* the root of every environment, as SPFS shows it */
    own_folder(p, rw, "work", 0700);
    close(rw);
}

static int make_overlay(const struct plan *p, int top, const char *source)
{
    if (fchdir(top) < 0) /* the paths below are relative to it */
        fail("overlay", "chdir");
    int context = sys_fsopen("overlay");
    if (context < 0)
        fail("overlay", "this kernel has none");
    if (option(context, "source", source) < 0 || option(context, "lowerdir", "lower") < 0
        || option(context, "upperdir", "rw/upper") < 0 || option(context, "workdir", "rw/work") < 0
        || option(context, "index", "off") < 0 || option(context, "metacopy", "off") < 0
        || option(context, "redirect_dir", "nofollow") < 0 || (p->rootless && flag(context, "userxattr") < 0))
        fail("overlay", "%s", said(context));
    int mounted = finish(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mounted < 0)
        fail("overlay", "%s", said(context));
    close(context);
    if (chdir("/") < 0)
        fail("overlay", "chdir");
    return mounted;
}

static void make_binds(const struct plan *p)
{
    int target = open_folder(AT_FDCWD, p->target, 0); /* what has just been attached there */
    if (target < 0)
        fail("target", "%s", p->target);
    for (size_t i = 0; i < p->bind_count; i++) {
        const struct bind *b = &p->binds[i];
        int root = open_folder(AT_FDCWD, b->root, 0);
        if (root < 0)
            fail("bind", "%s", b->root);
        uint64_t within = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
        int from = sys_openat2(root, b->source, O_PATH | O_CLOEXEC, 0, within);
        if (from < 0)
            fail("bind", "%s below %s", b->source, b->root);
        int to = sys_openat2(target, b->destination, O_PATH | O_CLOEXEC, 0, within);
        if (to < 0)
            fail("bind", "%s below %s", b->destination, p->target);
        if (attach(clone_tree(from, "bind", b->source, b->writable), to) < 0)
            fail("bind", "%s at %s", b->source, b->destination);
        close(root);
        close(from);
        close(to);
    }
    close(target);
}

void place_make(const struct plan *p)
{
    make_namespaces(p);
    char source[80];
    snprintf(source, sizeof source, "mayfly-%s", p->id);
    int target = open_folder(AT_FDCWD, p->target, 0);
    if (target < 0)
        fail("target", "%s", p->target);
    int lower = open_folder(AT_FDCWD, p->lower, 0);
    if (lower < 0)
        fail("lower", "%s", p->lower);
    int folder = open_folder(AT_FDCWD, p->folder, 0);
    if (folder < 0)
        fail("folder", "%s", p->folder);
    int view = clone_tree(lower, "lower", p->lower, false);
    int top = make_top(p, folder, source);
    if (p->edit != EDIT_NONE) {
        make_changes(p, folder, top);
        if (mkdirat(top, "lower", 0755) < 0)
            fail("lower", "its place");
        int at = open_folder(top, "lower", RESOLVE_BENEATH);
        if (at < 0 || attach(view, at) < 0)
            fail("lower", "%s", p->lower);
        close(at);
        close(view);
        view = make_overlay(p, top, source);
    }
    if (attach(view, target) < 0)
        fail("target", "%s", p->target);
    make_binds(p);
    close(view);
    close(top);
    close(folder);
    close(lower);
    close(target);
}

bool place_usage(const struct plan *p, uint64_t *used, uint64_t *limit, bool *full)
{
    char top[4200];
    struct statfs facts;
    snprintf(top, sizeof top, "%s/top", p->folder);
    if (p->edit != EDIT_MEMORY || statfs(top, &facts) < 0)
        return false;
    *used = (uint64_t)(facts.f_blocks - facts.f_bfree) * (uint64_t)facts.f_bsize;
    *limit = (uint64_t)facts.f_blocks * (uint64_t)facts.f_bsize;
    *full = facts.f_bavail == 0 || facts.f_ffree == 0;
    return true;
}

/* Names in the folder of a runtime; Java makes no others. One with changes on disk stays, to be run again. */
void place_take_down(const struct plan *p)
{
    umount2(p->target, MNT_DETACH);
    char top[4200];
    snprintf(top, sizeof top, "%s/top", p->folder);
    umount2(top, MNT_DETACH);
    int folder = sys_openat2(AT_FDCWD, p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS);
    if (folder < 0)
        return; /* somebody has removed it already; a sweep would not find more to do either */
    unlinkat(folder, "keeper", 0);
    if (faccessat(folder, "disk", F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT) {
        unlinkat(folder, "top", AT_REMOVEDIR);
        unlinkat(folder, "runtime.json", 0);
        unlinkat(folder, "life", 0); /* last: who has opened it before and locks it later sees that it has no name */
        rmdir(p->folder);
    }
    close(folder);
}
