/* What one job gets, made by the launcher before anything of the job runs: file systems, files, stdin, binds. */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { ARGUMENTS_MAX = 1 << 20, STRINGS_MAX = 4096 };
static const uint64_t BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

struct strings { char **list; unsigned count; size_t bytes; };

static void add_string(const struct conn *c, struct strings *s, const struct field *f)
{
    s->bytes += f->length + 1;
    if (s->count == STRINGS_MAX || s->bytes > ARGUMENTS_MAX)
        protocol_error(c, "more than %d arguments or variables, or more than %d bytes of them", STRINGS_MAX, ARGUMENTS_MAX);
    if ((s->count & (s->count - 1)) == 0 || !s->list) { /* room doubles: 0, 1, 2, 4, ... strings and the final NULL */
        s->list = realloc(s->list, (2 * s->count + 2) * sizeof *s->list);
        if (!s->list)
            protocol_error(c, "no memory");
    }
    s->list[s->count++] = field_text(c, f);
    s->list[s->count] = NULL;
}

static void parse_limit(const struct conn *c, struct job *j, const struct field *f)
{
    uint32_t resource;
    if (f->length != 12)
        protocol_error(c, "RLIMIT: %u bytes instead of 12", f->length);
    memcpy(&resource, f->value, 4);
    if (resource >= RLIM_NLIMITS || j->limit_count == RLIM_NLIMITS)
        protocol_error(c, "RLIMIT: unknown resource %u", resource);
    j->limits[j->limit_count].resource = (int)resource;
    memcpy(&j->limits[j->limit_count++].value, f->value + 4, 8);
}

static uint64_t milliseconds(const struct conn *c, const struct field *f)
{
    uint64_t ms = field_u64(c, f);
    if (ms > UINT32_MAX)
        protocol_error(c, "field %u: %llu ms is beyond any run", f->tag, (unsigned long long)ms);
    return ms * 1000000;
}

static void parse_filter(const struct conn *c, struct job *j, const struct field *f)
{
    if (f->length % 8 != 0 || f->length > 8 * 4096)
        protocol_error(c, "SECCOMP: %u bytes are not up to 4096 instructions", f->length);
    free(j->filter);
    if (!(j->filter = malloc(f->length + 1)))
        protocol_error(c, "no memory");
    memcpy(j->filter, f->value, f->length);
    j->filter_length = f->length / 8;
}

static void parse_scalars(const struct conn *c, struct job *j, const struct frame *frame)
{
    struct strings args = {0}, env = {0};
    struct cursor cur = frame_fields(frame);
    struct field f;
    while (next_field(c, &cur, &f)) {
        switch (f.tag) {
        case RUN_ARG: add_string(c, &args, &f); break;
        case RUN_ENV: add_string(c, &env, &f); break;
        case RUN_CWD: free(j->cwd); j->cwd = field_text(c, &f); break;
        case RUN_STDIN: case RUN_FILE: case RUN_JOB_BIND: break; /* second pass */
        case RUN_WALL_MS: j->wall_ns = milliseconds(c, &f); break;
        case RUN_CPU_MS: j->cpu_ns = milliseconds(c, &f); break;
        case RUN_RLIMIT: parse_limit(c, j, &f); break;
        case RUN_DISK_BYTES: j->disk_bytes = field_u64(c, &f); break;
        case RUN_INODES: j->inodes = field_u64(c, &f); break;
        case RUN_STDOUT_HEAD: j->head = field_u64(c, &f); break;
        case RUN_STDOUT_TAIL: j->tail = field_u64(c, &f); break;
        case RUN_SECCOMP: parse_filter(c, j, &f); break;
        case RUN_FLAGS: j->flags = field_u64(c, &f); break;
        default: protocol_error(c, "RUN: unknown field %u", f.tag);
        }
    }
    j->argv = args.list;
    j->envp = env.list ? env.list : calloc(1, sizeof *j->envp);
    if (!j->argv || !j->argv[0][0] || !j->envp)
        protocol_error(c, "RUN: no command");
    if (j->wall_ns == 0 || j->disk_bytes == 0 || j->inodes == 0)
        protocol_error(c, "RUN: WALL_MS, DISK_BYTES and INODES must be given");
    if (j->head > KEEP_MAX || j->tail > KEEP_MAX)
        protocol_error(c, "RUN: STDOUT_HEAD and STDOUT_TAIL are at most %d", KEEP_MAX);
    if (j->flags & ~(uint64_t)(RUN_FLAG_LANDLOCK | RUN_FLAG_NETWORK | RUN_FLAG_NO_ASLR))
        protocol_error(c, "RUN: unknown flags");
}

static int set_option(int fs, const char *key, const char *format, unsigned long long value)
{
    char text[32];
    snprintf(text, sizeof text, format, value);
    return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, text, 0);
}

/* A tmpfs that hangs nowhere yet. The descriptor of its root outlives the job's mount namespace. */
int box_make_tmpfs(const struct slot *s, const struct job *j, unsigned mode, struct fault *fault)
{
    int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), root = -1;
    unsigned own = s->rootless ? 0 : 1;
    if (fs >= 0 && set_option(fs, "size", "%llu", j->disk_bytes) == 0
        && set_option(fs, "nr_inodes", "%llu", j->inodes) == 0 && set_option(fs, "mode", "%llo", mode) == 0
        && set_option(fs, "uid", "%llu", s->uid + own) == 0 && set_option(fs, "gid", "%llu", s->gid + own) == 0
        && syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        root = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (root < 0)
        fault_set(fault, "tmpfs", "private file system of %llu bytes", (unsigned long long)j->disk_bytes);
    if (fs >= 0)
        close(fs);
    return root;
}

/* Makes the folders above path (relative to root). Restores path. uid -1 = leave the owner alone. */
int make_parents(int root, char *path, uint32_t uid, uint32_t gid)
{
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int result = mkdirat(root, path, 0755);
        if (result == 0 && uid != (uint32_t)-1)
            result = fchownat(root, path, uid, gid, AT_SYMLINK_NOFOLLOW);
        bool failed = result < 0 && errno != EEXIST;
        *slash = '/';
        if (failed)
            return -1;
    }
    return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

static int write_job_file(const struct slot *s, const struct job *j, const struct field *f, struct fault *fault)
{
    uint32_t mode, own = s->rootless ? 0 : 1;
    uint16_t length = 0;
    char path[4096];
    if (f->length >= 6) {
        memcpy(&mode, f->value, 4);
        memcpy(&length, f->value + 4, 2);
    }
    if (f->length < 6 || length == 0 || length >= sizeof path || length > f->length - 6 || memchr(f->value + 6, 0, length))
        protocol_error(&s->java, "FILE: badly formed");
    memcpy(path, f->value + 6, length);
    path[length] = 0;
    char *below = path;
    int root = j->workspace;
    if (strncmp(path, "/workspace/", 11) == 0)
        below += 11;
    else if (strncmp(path, "/tmp/", 5) == 0) {
        below += 5;
        root = j->tmp;
    }
    /* openat2 with RESOLVE_BENEATH refuses "..", absolute paths and links; nothing else has ever run in this tree. */
    if (make_parents(root, below, s->uid + own, s->gid + own) < 0)
        return fault_set(fault, "file", "make the folders of %.120s", path);
    int fd = sys_openat2(root, below, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, BENEATH);
    if (fd < 0)
        return fault_set(fault, "file", "create %.120s", path);
    size_t size = f->length - 6 - length;
    int result = write_all(fd, f->value + 6 + length, size);
    if (result == 0)
        result = fchown(fd, s->uid + own, s->gid + own) < 0 ? -1 : fchmod(fd, mode & 0777);
    if (result < 0)
        fault_set(fault, "file", "write %.120s", path);
    close(fd);
    return result;
}

static int make_stdin(const struct field *f, struct fault *fault)
{
    int fd = memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || write_all(fd, f->value, f->length) < 0
        || fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0
        || lseek(fd, 0, SEEK_SET) < 0) {
        fault_set(fault, "stdin", "%u bytes", f->length);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static int add_job_bind(struct slot *s, struct job *j, const struct field *f, struct fault *fault)
{
    char *host, *target, *mode;
    if (j->bind_count == BINDS_MAX)
        protocol_error(&s->java, "more than %d JOB_BIND", BINDS_MAX);
    field_split(&s->java, f, &host, &target, &mode);
    if (mode && strcmp(mode, "rw") != 0)
        protocol_error(&s->java, "JOB_BIND: third text is \"%s\", only \"rw\" is known", mode);
    struct bind *b = &j->binds[j->bind_count];
    *b = (struct bind){.target = target, .fd = -1, .rw = mode != NULL};
    j->bind_count++;
    int result = 0;
    if (setns(s->host_mounts, CLONE_NEWNS) < 0)
        result = fault_set(fault, "rootfs", "look at the host's mounts");
    else
        result = bind_clone(host, target, b->rw, true, &b->fd, fault);
    if (setns(s->own_mounts, CLONE_NEWNS) < 0)
        protocol_error(&s->java, "cannot return to the template: %s", strerror(errno));
    free(host);
    free(mode);
    if (result < 0)
        return -1;
    if (strncmp(target, "/workspace/", 11) == 0)
        return bind_place(j->workspace, target + 10, b->fd, fault);
    if (strncmp(target, "/tmp/", 5) == 0)
        return bind_place(j->tmp, target + 4, b->fd, fault);
    return bind_place(s->template_root, target, b->fd, fault);
}

/*
 * Under cgroup v1 the launcher lives in the memory group of its jobs. A job may leave the group full of files, and the next
 * page the launcher touches would then have it killed, because nothing else is left to kill. So it carries some resident
 * memory to throw away in that case, and takes it up again when the files are gone.
 */
enum { BALLAST = 768 << 10, MUCH = 4 << 20 };

void box_load_ballast(struct slot *s)
{
    if (!s->ballast) {
        s->ballast = mmap(NULL, BALLAST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (s->ballast == MAP_FAILED || madvise(s->ballast, BALLAST, MADV_DONTFORK) < 0)
            protocol_error(&s->java, "no memory");
    }
    memset(s->ballast, 1, BALLAST);
    s->ballast_gone = false;
}

static uint64_t bytes_used(int fd)
{
    struct statfs st;
    return fstatfs(fd, &st) < 0 ? 0 : (uint64_t)(st.f_blocks - st.f_bfree) * (uint64_t)st.f_bsize;
}

void box_lighten(struct slot *s, struct job *j, bool out_of_memory)
{
    if (!out_of_memory && bytes_used(j->workspace) + bytes_used(j->tmp) < MUCH)
        return;
    madvise(s->ballast, BALLAST, MADV_DONTNEED);
    s->ballast_gone = true;
    close(j->tmp); /* the job's own mount of it went with its namespace */
    j->tmp = -1;
}

/* Made ahead while nobody waits: the file systems of the next job and an ipc namespace that no job has used. */
void box_make_spares(struct slot *s, uint64_t disk_bytes, uint64_t inodes)
{
    struct job like = {.disk_bytes = disk_bytes, .inodes = inodes};
    struct fault ignored;
    s->spare_bytes = disk_bytes;
    s->spare_inodes = inodes;
    if (s->spare_workspace < 0)
        s->spare_workspace = box_make_tmpfs(s, &like, 0755, &ignored);
    if (s->spare_tmp < 0)
        s->spare_tmp = box_make_tmpfs(s, &like, 01777, &ignored);
    if (!s->ipc_fresh)
        s->ipc_fresh = unshare(CLONE_NEWIPC) == 0;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static int take_spares(struct slot *s, struct job *j)
{
    bool fits = s->spare_workspace >= 0 && s->spare_tmp >= 0 && s->spare_bytes == j->disk_bytes && s->spare_inodes == j->inodes;
    if (fits) {
        j->workspace = s->spare_workspace;
        j->tmp = s->spare_tmp;
    } else {
        close_if_open(s->spare_workspace);
        close_if_open(s->spare_tmp);
    }
    s->spare_workspace = s->spare_tmp = -1;
    return fits ? 0 : -1;
}

int box_prepare(struct slot *s, struct job *j, const struct frame *frame, struct fault *fault)
{
    parse_scalars(&s->java, j, frame);
    if (take_spares(s, j) < 0 && ((j->workspace = box_make_tmpfs(s, j, 0755, fault)) < 0
                                  || (j->tmp = box_make_tmpfs(s, j, 01777, fault)) < 0))
        return -1;
    struct cursor cur = frame_fields(frame);
    struct field f;
    while (next_field(&s->java, &cur, &f)) {
        int result = 0;
        if (f.tag == RUN_FILE)
            result = write_job_file(s, j, &f, fault);
        else if (f.tag == RUN_JOB_BIND)
            result = add_job_bind(s, j, &f, fault);
        else if (f.tag == RUN_STDIN && f.length > 0 && j->stdin_fd < 0)
            result = j->stdin_fd = make_stdin(&f, fault);
        if (result < 0)
            return -1;
    }
    return 0;
}

static void free_strings(char **list)
{
    for (char **at = list; at && *at; at++)
        free(*at);
    free(list);
}

void box_release(struct slot *s, struct job *j, bool keep_workspace)
{
    free_strings(j->argv);
    free_strings(j->envp);
    free(j->cwd);
    free(j->filter);
    for (unsigned i = 0; i < j->bind_count; i++) {
        close_if_open(j->binds[i].fd);
        free(j->binds[i].target);
    }
    close_if_open(j->stdin_fd);
    close_if_open(j->tmp);
    if (keep_workspace)
        s->workspace = j->workspace;
    else
        close_if_open(j->workspace);
}
