/*
 * The template of a slot, built once: namespaces, the root file system and the user namespace of its jobs. Afterwards
 * the launcher itself lives inside the template and reaches the host only through descriptors opened here.
 */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

/* What CONFIG asks for, until the template stands. */
struct plan {
    struct { char *host, *target; bool rw; } binds[BINDS_MAX];
    unsigned bind_count;
    struct { char *from, *to; size_t length; } links[64], files[64];
    unsigned link_count, file_count;
    char *cgroup_dir, *cgroup_kill, *oom, *pids, *cpu[CPU_FILES_MAX];
    unsigned cpu_count;
};

static const struct { const char *name; unsigned minor; } DEVICES[] = {
    {"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9},
};
enum { DEVICE_COUNT = sizeof DEVICES / sizeof *DEVICES };

int fault_set(struct fault *f, const char *step, const char *format, ...)
{
    f->err = errno;
    snprintf(f->step, sizeof f->step, "%s", step);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    if (f->err != 0 && n >= 0 && (size_t)n < sizeof f->text)
        snprintf(f->text + n, sizeof f->text - (size_t)n, ": %s", strerror(f->err));
    return -1;
}

static uint32_t id_base(const struct conn *c, const struct field *f)
{
    uint64_t id = field_u64(c, f);
    if (id > UINT32_MAX - 2) /* two ids are used, and the last one means "none" */
        protocol_error(c, "field %u: %llu is not a base of two ids", f->tag, (unsigned long long)id);
    return (uint32_t)id;
}

static void parse_plan(struct slot *s, const struct frame *frame, struct plan *p)
{
    const struct conn *c = &s->java;
    struct cursor cur = frame_fields(frame);
    struct field f;
    while (next_field(c, &cur, &f)) {
        char *mode = NULL;
        switch (f.tag) {
        case CONFIG_UID_BASE: s->uid = id_base(c, &f); break;
        case CONFIG_GID_BASE: s->gid = id_base(c, &f); break;
        case CONFIG_BIND:
            if (p->bind_count == BINDS_MAX)
                protocol_error(c, "more than %d BIND", BINDS_MAX);
            field_split(c, &f, &p->binds[p->bind_count].host, &p->binds[p->bind_count].target, &mode);
            if (mode && strcmp(mode, "rw") != 0)
                protocol_error(c, "BIND: third text is \"%s\", only \"rw\" is known", mode);
            p->binds[p->bind_count++].rw = mode != NULL;
            free(mode);
            break;
        case CONFIG_SYMLINK:
            if (p->link_count == 64)
                protocol_error(c, "more than 64 SYMLINK");
            field_split(c, &f, &p->links[p->link_count].from, &p->links[p->link_count].to, NULL);
            p->link_count++;
            break;
        case CONFIG_ETC_FILE:
            if (p->file_count == 64)
                protocol_error(c, "more than 64 ETC_FILE");
            field_split(c, &f, &p->files[p->file_count].to, &p->files[p->file_count].from, NULL);
            p->files[p->file_count].length = f.length - strlen(p->files[p->file_count].to) - 1;
            p->file_count++;
            break;
        case CONFIG_HOSTNAME: free(s->hostname); s->hostname = field_text(c, &f); break;
        case CONFIG_CGROUP2_DIR: free(p->cgroup_dir); p->cgroup_dir = field_text(c, &f); break;
        case CONFIG_CGROUP_KILL: free(p->cgroup_kill); p->cgroup_kill = field_text(c, &f); break;
        case CONFIG_CPU_USAGE:
            if (p->cpu_count == CPU_FILES_MAX)
                protocol_error(c, "more than %d CPU_USAGE", CPU_FILES_MAX);
            p->cpu[p->cpu_count++] = field_text(c, &f);
            break;
        case CONFIG_OOM_FILE: free(p->oom); p->oom = field_text(c, &f); break;
        case CONFIG_PIDS_FILE: free(p->pids); p->pids = field_text(c, &f); break;
        default: protocol_error(c, "CONFIG: unknown field %u", f.tag);
        }
    }
}

static int open_file(const char *path, int flags, int *fd, struct fault *fault)
{
    if (!path || !*path)
        return 0;
    *fd = open(path, flags | O_CLOEXEC);
    return *fd < 0 ? fault_set(fault, "cgroup", "open %s", path) : 0;
}

static int open_cgroup_files(struct slot *s, struct plan *p, struct fault *fault)
{
    if (open_file(p->cgroup_dir, O_RDONLY | O_DIRECTORY, &s->cgroup_dir, fault) < 0
        || open_file(p->cgroup_kill, O_WRONLY, &s->cgroup_kill, fault) < 0
        || open_file(p->oom, O_RDONLY, &s->oom_file, fault) < 0
        || open_file(p->pids, O_RDONLY, &s->pids_file, fault) < 0)
        return -1;
    for (unsigned i = 0; i < p->cpu_count; i++) {
        if (!*p->cpu[i])
            continue;
        unsigned n = s->cpu_file_count;
        if (open_file(p->cpu[i], O_RDONLY, &s->cpu_files[n], fault) < 0)
            return -1;
        /* A v1 group holds the launcher too (jobs inherit it by fork); the v2 leaf holds only the job. */
        s->cpu_file_has_launcher[n] = strstr(p->cpu[i], "cpuacct.usage") != NULL;
        s->cpu_file_count++;
    }
    return 0;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t length = strlen(text);
    ssize_t n = write(fd, text, length);
    close(fd);
    return n == (ssize_t)length ? 0 : -1;
}

static int enter_own_user_ns(struct slot *s, struct fault *fault)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return fault_set(fault, "user-ns",
                         "this machine does not let an unprivileged process create user namespaces");
    snprintf(map, sizeof map, "0 %u 1", uid);
    if (write_file("/proc/self/setgroups", "deny") < 0 || write_file("/proc/self/uid_map", map) < 0)
        return fault_set(fault, "user-ns", "map own uid %u", uid);
    snprintf(map, sizeof map, "0 %u 1", gid);
    if (write_file("/proc/self/gid_map", map) < 0)
        return fault_set(fault, "user-ns", "map own gid %u", gid);
    s->uid = s->gid = 0;
    return 0;
}

/* Inside the new user namespace: forbid every further namespace for whoever lives here. */
static int forbid_namespaces(void)
{
    static const char *const KINDS[] = {"user", "pid", "mnt", "net", "ipc", "uts", "cgroup", "time"};
    char path[64];
    for (unsigned i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", KINDS[i]);
        if (write_file(path, "0") < 0 && errno != ENOENT)
            return -1;
    }
    return 0;
}

static _Noreturn void hold_user_ns(int in, int out)
{
    char byte = 0;
    if (unshare(CLONE_NEWUSER) < 0)
        _exit(1);
    if (write(out, "u", 1) != 1 || read(in, &byte, 1) != 1 || forbid_namespaces() < 0)
        _exit(2);
    if (write(out, "d", 1) != 1)
        _exit(3);
    for (;;)
        pause();
}

static int map_ids(const struct slot *s, pid_t holder, struct fault *fault)
{
    char path[64], map[96];
    snprintf(path, sizeof path, "/proc/%d/setgroups", holder);
    if (!s->rootless && write_file(path, "deny") < 0)
        return fault_set(fault, "user-ns", "deny setgroups");
    for (int group = 0; group < 2; group++) {
        uint32_t base = group ? s->gid : s->uid;
        if (s->rootless)
            snprintf(map, sizeof map, "%d 0 1", JOB_ID);
        else
            snprintf(map, sizeof map, "%d %u 1\n%d %u 1", INIT_ID, base, JOB_ID, base + 1);
        snprintf(path, sizeof path, "/proc/%d/%s", holder, group ? "gid_map" : "uid_map");
        if (write_file(path, map) < 0)
            return fault_set(fault, "uid", "map kernel ids %u and %u", base, base + 1);
    }
    return 0;
}

/* A short-lived child makes the user namespace; only the descriptor keeps it afterwards. */
static int make_user_ns(struct slot *s, struct fault *fault)
{
    int down[2], up[2];
    char byte = 0, path[64];
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
        return fault_set(fault, "user-ns", "pipe");
    pid_t holder = fork();
    if (holder < 0)
        return fault_set(fault, "user-ns", "fork");
    if (holder == 0) {
        close(down[1]);
        close(up[0]);
        hold_user_ns(down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    int result = -1;
    snprintf(path, sizeof path, "/proc/%d/ns/user", holder);
    if (read(up[0], &byte, 1) != 1) {
        errno = 0;
        fault_set(fault, "user-ns", "cannot be created (see /proc/sys/user/max_user_namespaces)");
    } else if (map_ids(s, holder, fault) < 0) {
    } else if ((s->user_ns = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        fault_set(fault, "user-ns", "open %s", path);
    } else if (write(down[1], "m", 1) != 1 || read(up[0], &byte, 1) != 1) {
        errno = 0;
        fault_set(fault, "user-ns", "namespaces inside cannot be forbidden");
    } else {
        result = 0;
    }
    close(down[1]);
    close(up[0]);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    return result;
}

static bool plain_path(const char *path)
{
    if (path[0] != '/' || !path[1])
        return false;
    for (const char *p = path; *p; p++)
        if (p[0] == '/' && (p[1] == '/' || (p[1] == '.' && (p[2] == '/' || !p[2] || (p[2] == '.' && (p[3] == '/' || !p[3]))))))
            return false;
    return true;
}

/* A detached, locked-down copy of an open host path. */
static int clone_open(int place, const char *path, uint64_t attributes)
{
    int fd = sys_open_tree(place, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | (*path ? 0 : AT_EMPTY_PATH));
    if (fd < 0)
        return -1;
    if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, attributes) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static int clone_bind(const char *host, uint64_t attributes) { return clone_open(AT_FDCWD, host, attributes); }

/* For paths that Java has resolved: a job of another slot may since have put a link into a folder it may write to. */
static int clone_real(const char *host, uint64_t attributes)
{
    int place = sys_openat2(AT_FDCWD, host, O_PATH | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (place < 0)
        return -1;
    int fd = clone_open(place, "", attributes), saved = errno;
    close(place);
    errno = saved;
    return fd;
}

int bind_clone(const char *host, const char *target, bool rw, bool real, int *fd, struct fault *fault)
{
    if (!plain_path(target)) {
        errno = 0;
        return fault_set(fault, "rootfs", "bind target %s is not a plain absolute path", target);
    }
    uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (rw ? 0 : MOUNT_ATTR_RDONLY);
    *fd = real ? clone_real(host, attributes) : clone_bind(host, attributes);
    return *fd < 0 ? fault_set(fault, "rootfs", "bind %s", host) : 0;
}

/* Makes the place a mount is put on: a folder or an empty file, as the source is. */
int bind_place(int root, const char *target, int source, struct fault *fault)
{
    struct stat st;
    char path[4096];
    if (snprintf(path, sizeof path, "%s", target + 1) >= (int)sizeof path || fstat(source, &st) < 0)
        return fault_set(fault, "rootfs", "bind target %s", target);
    if (faccessat(root, path, F_OK, 0) == 0)
        return 0;
    if (make_parents(root, path, (uint32_t)-1, (uint32_t)-1) < 0)
        return fault_set(fault, "rootfs", "make the parents of %s", target);
    if (S_ISDIR(st.st_mode)) {
        if (mkdirat(root, path, 0755) == 0 || errno == EEXIST)
            return 0;
    } else {
        int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd >= 0 || errno == EEXIST) {
            close(fd);
            return 0;
        }
    }
    return fault_set(fault, "rootfs", "make the bind target %s", target);
}

static int put_file(const char *path, const char *content, size_t length, struct fault *fault)
{
    char copy[4096];
    if (!plain_path(path) || snprintf(copy, sizeof copy, "%s", path + 1) >= (int)sizeof copy
        || make_parents(AT_FDCWD, copy, (uint32_t)-1, (uint32_t)-1) < 0)
        return fault_set(fault, "rootfs", "generated file %s", path);
    int fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, content, length) != (ssize_t)length)
        return fault_set(fault, "rootfs", "generated file %s", path);
    close(fd);
    return 0;
}

static int put_link(const char *target, const char *path, struct fault *fault)
{
    char copy[4096];
    if (!plain_path(path) || snprintf(copy, sizeof copy, "%s", path + 1) >= (int)sizeof copy
        || make_parents(AT_FDCWD, copy, (uint32_t)-1, (uint32_t)-1) < 0 || symlink(target, copy) < 0)
        return fault_set(fault, "rootfs", "symbolic link %s", path);
    return 0;
}

static int put_devices(const int *clones, struct fault *fault)
{
    char path[32];
    if (mkdir("dev", 0755) < 0)
        return fault_set(fault, "rootfs", "/dev");
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        snprintf(path, sizeof path, "/dev/%s", DEVICES[i].name);
        if (clones[i] < 0) {
            if (mknod(path, S_IFCHR | 0666, makedev(1, DEVICES[i].minor)) < 0 || chmod(path, 0666) < 0)
                return fault_set(fault, "rootfs", "device %s", path);
        } else if (bind_place(AT_FDCWD, path, clones[i], fault) < 0) {
            return -1;
        } else if (sys_move_mount(clones[i], path) < 0) {
            return fault_set(fault, "rootfs", "bind device %s", path);
        }
    }
    return put_link("/proc/self/fd", "/dev/fd", fault) || put_link("/proc/self/fd/0", "/dev/stdin", fault)
        || put_link("/proc/self/fd/1", "/dev/stdout", fault) || put_link("/proc/self/fd/2", "/dev/stderr", fault)
        || put_link("/tmp", "/dev/shm", fault) ? -1 : 0;
}

/* Mounts the template tmpfs over some folder every host has and pivots into it; the host stays at /.host for now. */
static int enter_template(struct fault *fault)
{
    static const char *const PLACES[] = {"/tmp", "/mnt", "/run", "/var", "/usr"};
    unsigned i = 0, count = sizeof PLACES / sizeof *PLACES;
    while (i < count && mount("mayfly", PLACES[i], "tmpfs", MS_NOSUID, "mode=755,size=4m,nr_inodes=4096") < 0)
        i++;
    if (i == count)
        return fault_set(fault, "rootfs", "mount the template tmpfs");
    if (chdir(PLACES[i]) < 0 || mkdir(".host", 0700) < 0 || syscall(SYS_pivot_root, ".", ".host") < 0 || chdir("/") < 0)
        return fault_set(fault, "rootfs", "pivot into the template");
    return 0;
}

static int fill_template(struct slot *s, struct plan *p, const int *devices, int proc, struct fault *fault)
{
    static const char *const FOLDERS[] = {"proc", "tmp", "workspace"};
    for (unsigned i = 0; i < 3; i++)
        if (mkdir(FOLDERS[i], 0755) < 0)
            return fault_set(fault, "rootfs", "/%s", FOLDERS[i]);
    for (unsigned i = 0; i < s->bind_count; i++) {
        if (bind_place(AT_FDCWD, s->binds[i].target, s->binds[i].fd, fault) < 0)
            return -1;
        if (sys_move_mount(s->binds[i].fd, s->binds[i].target) < 0)
            return fault_set(fault, "rootfs", "attach the bind at %s", s->binds[i].target);
    }
    if (put_devices(devices, fault) < 0)
        return -1;
    /* A user namespace may mount a new /proc only where a full one is visible; the job's covers it. */
    if (proc >= 0 && sys_move_mount(proc, "/proc") < 0)
        return fault_set(fault, "rootfs", "keep /proc visible");
    for (unsigned i = 0; i < p->link_count; i++)
        if (put_link(p->links[i].from, p->links[i].to, fault) < 0)
            return -1;
    for (unsigned i = 0; i < p->file_count; i++)
        if (put_file(p->files[i].to, p->files[i].from, p->files[i].length, fault) < 0)
            return -1;
    if (umount2("/.host", MNT_DETACH) < 0 || rmdir("/.host") < 0)
        return fault_set(fault, "rootfs", "detach the host's root");
    if ((s->dev_null = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
        return fault_set(fault, "rootfs", "/dev/null");
    s->template_root = sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (s->nested ? AT_RECURSIVE : 0));
    if (s->template_root < 0 || sys_mount_setattr(AT_FDCWD, "/", 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID) < 0)
        return fault_set(fault, "rootfs", "make the template read-only");
    return 0;
}

static int build_root(struct slot *s, struct plan *p, struct fault *fault)
{
    int devices[DEVICE_COUNT], proc = -1;
    char path[32];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return fault_set(fault, "mount-ns", "make mounts private");
    for (unsigned i = 0; i < p->bind_count; i++) {
        struct bind *b = &s->binds[s->bind_count];
        if (bind_clone(p->binds[i].host, p->binds[i].target, p->binds[i].rw, false, &b->fd, fault) < 0)
            return -1;
        b->target = p->binds[i].target;
        b->rw = p->binds[i].rw;
        s->bind_count++;
    }
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        snprintf(path, sizeof path, "/dev/%s", DEVICES[i].name);
        devices[i] = -1;
        if (s->nested && (devices[i] = clone_bind(path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)) < 0)
            return fault_set(fault, "rootfs", "bind %s", path);
    }
    if (s->nested && (proc = sys_open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)) < 0)
        return fault_set(fault, "rootfs", "clone /proc");
    if (enter_template(fault) < 0 || fill_template(s, p, devices, proc, fault) < 0)
        return -1;
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (devices[i] >= 0)
            close(devices[i]);
    if (proc >= 0)
        close(proc);
    for (unsigned i = 0; i < s->bind_count; i++)
        close(s->binds[i].fd);
    return 0;
}

static int open_namespaces(struct slot *s, struct fault *fault)
{
    s->oom_score = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    if (s->oom_score < 0 || read(s->oom_score, s->oom_score_own, sizeof s->oom_score_own - 1) <= 0)
        return fault_set(fault, "oom-score", "/proc/self/oom_score_adj");
    s->ns_dir = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (s->rootless && enter_own_user_ns(s, fault) < 0)
        return -1;
    /* The host's mounts as they are when a job needs one (rootless: as they were now, plus what propagates). */
    s->host_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (s->ns_dir < 0 || s->host_mounts < 0)
        return fault_set(fault, "mount-ns", "/proc/self/ns");
    if (unshare(CLONE_NEWNS) < 0)
        return fault_set(fault, "mount-ns", "new mount namespace");
    s->own_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (s->own_mounts < 0)
        return fault_set(fault, "mount-ns", "/proc/self/ns/mnt");
    /* Nothing in a job may change the host name (the namespace belongs to the host's user namespace), so one serves all. */
    if (unshare(CLONE_NEWUTS) < 0 || (s->hostname && sethostname(s->hostname, strlen(s->hostname)) < 0))
        return fault_set(fault, "uts-ns", "new uts namespace named %.60s", s->hostname ? s->hostname : "");
    if (netns_new(s->net_note, sizeof s->net_note) < 0)
        return fault_set(fault, "net-ns", "new network namespace");
    return 0;
}

/*
 * In the host's user namespace the identity map covers every id. In another one, root is somebody else outside; *root_is
 * tells who.
 */
static bool owns_all_ids(unsigned *root_is)
{
    char text[128] = {0};
    unsigned inside, outside, count;
    int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    *root_is = 0;
    if (n <= 0 || sscanf(text, "%u %u %u", &inside, &outside, &count) != 3)
        return false;
    if (inside == 0)
        *root_is = outside;
    return outside == 0 && count == UINT32_MAX;
}

int slot_configure(struct slot *s, const struct frame *f, struct fault *fault)
{
    struct plan *p = calloc(1, sizeof *p); /* parts live on in the slot; made once per process */
    if (!p)
        protocol_error(&s->java, "no memory");
    s->report = mmap(NULL, sizeof *s->report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->report == MAP_FAILED)
        protocol_error(&s->java, "no memory");
    s->uid = s->gid = 0;
    parse_plan(s, f, p);
    unsigned root_is;
    bool all_ids = owns_all_ids(&root_is);
    /* Root of a user namespace that was made by an ordinary user is that user, and may have no other id to give. */
    s->rootless = geteuid() != 0 || (!all_ids && root_is != 0 && s->uid == 0 && s->gid == 0);
    s->nested = s->rootless || !all_ids;
    if (!s->rootless && (s->uid == 0 || s->gid == 0)) {
        errno = 0;
        return fault_set(fault, "uid", "UID_BASE and GID_BASE must name unprivileged ids: the launcher runs as root "
                                       "and a job must not");
    }
    return open_cgroup_files(s, p, fault) < 0 || open_namespaces(s, fault) < 0 || make_user_ns(s, fault) < 0
        || build_root(s, p, fault) < 0 ? -1 : 0;
}

uint64_t slot_netns_inode(const struct slot *s)
{
    struct stat st;
    return fstatat(s->ns_dir, "net", &st, 0) < 0 ? 0 : st.st_ino;
}
