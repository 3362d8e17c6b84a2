/* What the slot sees of files. */
#define _GNU_SOURCE
#include "slot.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Newer than some headers (linux/mount.h and this libc's sys/mount.h cannot both be included). */
#ifndef MOUNT_ATTR_IDMAP
#define MOUNT_ATTR_IDMAP 0x00100000
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif
struct attributes { unsigned long long set, clear, propagation, user_namespace; };

enum { LOOP_TRIES = 64, PIECE = 1 << 20 };

/* Shared blocks where the file system can do that, else only what is not a hole: a copy takes little time of any size. */
void copy_blank(const struct plan *plan)
{
    int from = open(plan->blank, O_RDONLY | O_CLOEXEC);
    int to = open(plan->disk, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct stat facts;
    if (from < 0 || to < 0 || fstat(from, &facts))
        failed_errno("disk");
    if (ioctl(to, FICLONE, from)) {
        if (ftruncate(to, facts.st_size))
            failed_errno("disk");
        for (off_t at = 0; (at = lseek(from, at, SEEK_DATA)) >= 0;) {
            off_t end = lseek(from, at, SEEK_HOLE), there = at;
            while (at < end) {
                ssize_t n = copy_file_range(from, &at, to, &there, (size_t)(end - at), 0);
                if (n <= 0)
                    failed_errno("disk");
            }
        }
    }
    close(from);
    close(to);
}

/* The device goes by itself when nothing uses it any more, whoever dies. */
static void mount_image(const char *step, const char *image, const char *point, bool writable)
{
    static const char *const types[] = {"ext4", "xfs", "btrfs", 0};
    int file = open(image, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (file < 0 || control < 0)
        failed_errno(step);
    for (int i = 0; i < LOOP_TRIES; i++) {
        char path[32];
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0)
            failed_errno(step);
        snprintf(path, sizeof path, "/dev/loop%d", number);
        int device = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
        if (device < 0)
            failed_errno(step);
        struct loop_config config = {.fd = (unsigned)file, .block_size = 512};
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (writable ? 0 : LO_FLAGS_READ_ONLY);
        if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
            unsigned long flags = MS_NODEV | MS_NOATIME | (writable ? 0 : MS_RDONLY);
            for (const char *const *type = types; *type; type++)
                if (mount(path, point, *type, flags, NULL) == 0) {
                    close(device);
                    close(control);
                    close(file);
                    return;
                }
            failed_errno(step);
        }
        close(device); /* somebody else was faster */
        if (errno != EBUSY)
            failed_errno(step);
    }
    failed(step, "all loop devices are taken again and again");
}

/* The same files, belonging to the slot's ids instead of to the host's. */
static void mount_mapped(const char *from, const char *point, int user_namespace)
{
    struct attributes map = {.set = MOUNT_ATTR_IDMAP, .user_namespace = (unsigned long long)user_namespace};
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | O_CLOEXEC);
    if (tree < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &map, sizeof map)
        || syscall(SYS_move_mount, tree, "", AT_FDCWD, point, MOVE_MOUNT_F_EMPTY_PATH))
        failed_errno("idmapped mount (Linux 5.19 or newer)");
    close(tree);
}

static void folder(const char *path, mode_t mode)
{
    if (mkdir(path, mode) && errno != EEXIST)
        failed_errno(path);
}

static void mount_memory(const char *point, const struct plan *plan, const char *more, unsigned long flags)
{
    char options[128];
    snprintf(options, sizeof options, "uid=%u,gid=%u,%s", plan->ids, plan->ids, more);
    folder(point, 0755);
    if (mount("mayfly", point, "tmpfs", flags, options))
        failed_errno(point);
}

static void make_devices(const struct plan *plan)
{
    static const struct { const char *path; unsigned minor, major; } nodes[] = {
        {"dev/null", 3, 1}, {"dev/zero", 5, 1}, {"dev/full", 7, 1}, {"dev/random", 8, 1}, {"dev/urandom", 9, 1},
        {"dev/tty", 0, 5},
    };
    char options[96];
    mount_memory("dev", plan, "mode=755,size=64k,nr_inodes=64", MS_NOSUID | MS_NOEXEC);
    umask(0);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)))
            failed_errno(nodes[i].path);
    umask(022);
    folder("dev/pts", 0755);
    snprintf(options, sizeof options, "newinstance,ptmxmode=0666,mode=620,gid=%u", plan->ids + 5);
    if (mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options))
        failed_errno("dev/pts");
    mount_memory("dev/shm", plan, "mode=1777", MS_NOSUID | MS_NODEV);
    if (symlink("pts/ptmx", "dev/ptmx") || symlink("/proc/self/fd", "dev/fd") || symlink("fd/0", "dev/stdin")
        || symlink("fd/1", "dev/stdout") || symlink("fd/2", "dev/stderr"))
        failed_errno("dev");
}

static void put(const char *path, const char *text, unsigned owner)
{
    int fd;
    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchown(fd, owner, owner))
        failed_errno(path);
    close(fd);
}

/* Says nothing of the host that has to be hidden, but nothing of it is the slot's business either. */
static void cover(const char *path)
{
    if (access(path, F_OK) == 0 && mount("/dev/null", path, NULL, MS_BIND, NULL))
        failed_errno(path);
}

static void name_slot(const struct plan *plan)
{
    char text[512];
    folder("/etc", 0755);
    snprintf(text, sizeof text, "%s\n", plan->name);
    put("/etc/hostname", text, plan->ids);
    snprintf(text, sizeof text, "%s\n", plan->machine);
    put("/etc/machine-id", text, plan->ids);
    snprintf(text, sizeof text, "127.0.0.1 localhost %s\n::1 localhost\n", plan->name);
    put("/etc/hosts", text, plan->ids);
    if (plan->way)
        put("/etc/resolv.conf", "nameserver " NAMES_ADDRESS "\n", plan->ids);
}

void make_root(const struct plan *plan, int user_namespace)
{
    static const char *const covered[] = {"/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/timer_list",
                                          "/proc/sched_debug", "/proc/sysrq-trigger", "/proc/kallsyms", 0};
    if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
        failed_errno("private mounts");
    folder("mnt", 0700);
    if (mount("mayfly", "mnt", "tmpfs", MS_NOSUID | MS_NODEV, "mode=700,size=64k"))
        failed_errno("mnt");
    folder("mnt/template", 0700);
    folder("mnt/mapped", 0700);
    folder("mnt/disk", 0700);
    folder("mnt/root", 0700);
    mount_image("disk of the template", plan->root, "mnt/template", false);
    mount_mapped("mnt/template", "mnt/mapped", user_namespace);
    mount_image("disk of the slot", plan->disk, "mnt/disk", true);
    folder("mnt/disk/upper", 0755);
    folder("mnt/disk/work", 0700);
    if (chown("mnt/disk/upper", plan->ids, plan->ids))
        failed_errno("owner of the slot's disk");
    if (mount("mayfly", "mnt/root", "overlay", MS_NODEV,
              "lowerdir=mnt/mapped,upperdir=mnt/disk/upper,workdir=mnt/disk/work"))
        failed_errno("overlay (Linux 5.19 or newer)");
    if (chdir("mnt/root"))
        failed_errno("root");
    make_devices(plan);
    mount_memory("run", plan, "mode=755", MS_NOSUID | MS_NODEV);
    folder("proc", 0755);
    if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
        failed_errno("new root");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
        failed_errno("/proc");
    for (const char *const *path = covered; *path; path++)
        cover(*path);
    name_slot(plan);
}
