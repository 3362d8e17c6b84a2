/*
 * The walls around the job, raised by the job's own process just before exec, outermost first: uid, capabilities,
 * no_new_privs, rlimits, Landlock, seccomp. Any failure means that nothing runs.
 */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* Landlock's own structures, so that old kernel headers do; see Documentation/userspace-api/landlock.rst. */
struct landlock_ruleset { uint64_t fs, net, scoped; };
struct landlock_beneath { uint64_t allowed; int32_t parent; } __attribute__((packed));
enum { LANDLOCK_BENEATH = 1, LANDLOCK_VERSION = 1 };
static const uint64_t LL_EXECUTE = 1 << 0, LL_WRITE_FILE = 1 << 1, LL_READ_FILE = 1 << 2, LL_READ_DIR = 1 << 3,
    LL_IOCTL_DEV = 1 << 15, LL_SCOPE_UNIX = 1 << 0, LL_SCOPE_SIGNAL = 1 << 1;

int landlock_abi(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
}

bool seccomp_notify_available(void)
{
    uint32_t action = SECCOMP_RET_USER_NOTIF;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Makes the way back impossible for the caller, which has just entered the user namespace, and all its children. */
int give_up_privileges(struct fault *fault)
{
    const unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP
        | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE
        | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
        ;
    if (errno != EINVAL)
        return fault_set(fault, "caps", "empty the bounding set");
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
        return fault_set(fault, "caps", "lock the secure bits");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return fault_set(fault, "no-new-privs", "prctl");
    return 0;
}

/* Every id to `id`, every capability gone for good. */
int drop_identity(uint32_t id, struct fault *fault)
{
    if (syscall(SYS_setresgid, id, id, id) < 0 || syscall(SYS_setresuid, id, id, id) < 0)
        return fault_set(fault, "uid", "become id %u inside the user namespace", id);
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}, {0}};
    if (syscall(SYS_capset, &header, none) < 0)
        return fault_set(fault, "caps", "drop all capabilities");
    return 0;
}

static int allow(int ruleset, const char *path, uint64_t rights, struct fault *fault)
{
    struct stat st;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return fault_set(fault, "landlock", "open %s", path);
    if (!S_ISDIR(st.st_mode)) /* rights that only make sense for folders are EINVAL on a file */
        rights &= LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | 1 << 14 /* truncate */ | LL_IOCTL_DEV;
    struct landlock_beneath rule = {rights, fd};
    int result = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_BENEATH, &rule, 0);
    close(fd);
    return result < 0 ? fault_set(fault, "landlock", "rule for %s", path) : 0;
}

static int restrict_files(const struct slot *s, const struct job *j, struct fault *fault)
{
    /* ABI 1 knows 13 rights; 2 adds refer, 3 truncate, 5 ioctl on devices; 4 (TCP ports) is not needed here. */
    int abi = s->landlock_abi;
    unsigned bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    uint64_t all = (1ULL << bits) - 1;
    uint64_t read_only = LL_EXECUTE | LL_READ_FILE | LL_READ_DIR;
    struct landlock_ruleset attr = {.fs = all, .scoped = abi >= 6 ? LL_SCOPE_UNIX | LL_SCOPE_SIGNAL : 0};
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (ruleset < 0)
        return fault_set(fault, "landlock", "create a rule set (ABI %d)", abi);
    if (allow(ruleset, "/", read_only, fault) < 0
        || allow(ruleset, "/dev", (read_only | LL_WRITE_FILE | LL_IOCTL_DEV) & all, fault) < 0
        || allow(ruleset, "/workspace", all, fault) < 0 || allow(ruleset, "/tmp", all, fault) < 0)
        return -1;
    for (unsigned i = 0; i < s->bind_count; i++)
        if (s->binds[i].rw && allow(ruleset, s->binds[i].target, all, fault) < 0)
            return -1;
    for (unsigned i = 0; i < j->bind_count; i++)
        if (j->binds[i].rw && allow(ruleset, j->binds[i].target, all, fault) < 0)
            return -1;
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
        return fault_set(fault, "landlock", "restrict");
    close(ruleset);
    return 0;
}

static int apply_limits(const struct job *j, struct fault *fault)
{
    struct rlimit core = {0, 0}, now;
    if (setrlimit(RLIMIT_CORE, &core) < 0)
        return fault_set(fault, "rlimit", "no core dumps");
    for (unsigned i = 0; i < j->limit_count; i++) {
        int resource = j->limits[i].resource;
        rlim_t wanted = j->limits[i].value;
        if (resource == RLIMIT_NOFILE && wanted < 16) {
            errno = 0;
            return fault_set(fault, "rlimit", "fewer than 16 open files leave no room for the set-up");
        }
        if (getrlimit((__rlimit_resource_t)resource, &now) < 0)
            return fault_set(fault, "rlimit", "resource %d", resource);
        if (wanted > now.rlim_max) /* nobody may raise a hard limit here; the lower one holds */
            wanted = now.rlim_max;
        struct rlimit limit = {wanted, wanted};
        if (setrlimit((__rlimit_resource_t)resource, &limit) < 0)
            return fault_set(fault, "rlimit", "resource %d", resource);
    }
    return 0;
}

static int load_filter(const struct job *j, struct fault *fault)
{
    struct sock_fprog program = {.len = (unsigned short)j->filter_length, .filter = j->filter};
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (fd < 0 && errno == EINVAL) /* before Linux 5.19 */
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (fd < 0) {
        fault_set(fault, "seccomp", "load a filter of %u instructions", j->filter_length);
        return -2;
    }
    return (int)fd;
}

int confine(const struct slot *s, const struct job *j, struct fault *fault)
{
    if (drop_identity(JOB_ID, fault) < 0)
        return -2;
    if (chdir(j->cwd ? j->cwd : "/workspace") < 0) {
        fault_set(fault, "cwd", "change to %s", j->cwd ? j->cwd : "/workspace");
        return -2;
    }
    if (apply_limits(j, fault) < 0)
        return -2;
    if ((j->flags & RUN_FLAG_LANDLOCK) && restrict_files(s, j, fault) < 0)
        return -2;
    return j->filter_length > 0 ? load_filter(j, fault) : -1;
}
