/*
 * What Java's files cannot do: looks at a tree as it is, names being bytes. One line for each thing below FOLDER, sorted by
 * the names as a walk meets them:
 *     look tree FOLDER       hex of path, type and permissions (octal), size, then hash of content or hex of link
 *     look count FOLDER      how many entries the folder has, and whether each came once
 *     look change FOLDER     tries everything that changes something, each with what came of it
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

static void hex(const char *text)
{
    for (; *text; text++)
        printf("%02x", (unsigned char)*text);
}

static uint64_t content(int dir, const char *name)
{
    static unsigned char buffer[65536];
    uint64_t hash = 1469598103934665603u;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    ssize_t n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < n; i++)
            hash = (hash ^ buffer[i]) * 1099511628211u;
    close(fd);
    return n < 0 ? 0 : hash;
}

static int walk(int dir, const char *path)
{
    DIR *d = fdopendir(dir);
    if (!d)
        return 1;
    struct dirent *e;
    int bad = 0;
    while ((e = readdir(d))) {
        struct stat s;
        char *below;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (asprintf(&below, "%s/%s", path, e->d_name) < 0 || fstatat(dirfd(d), e->d_name, &s, AT_SYMLINK_NOFOLLOW))
            return 1;
        hex(below);
        printf(" %o %lld %llu %d ", s.st_mode, (long long)s.st_size, (unsigned long long)s.st_ino,
               e->d_ino == s.st_ino && e->d_type == (s.st_mode >> 12));
        if (S_ISLNK(s.st_mode)) {
            static char target[8192];
            ssize_t n = readlinkat(dirfd(d), e->d_name, target, sizeof target - 1);
            target[n < 0 ? 0 : n] = 0;
            hex(target);
        } else if (S_ISREG(s.st_mode)) {
            printf("%016llx", (unsigned long long)content(dirfd(d), e->d_name));
        }
        puts("");
        if (S_ISDIR(s.st_mode))
            bad |= walk(openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY), below);
        free(below);
    }
    closedir(d);
    return bad;
}

static int count(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    long n = 0;
    char last[256] = "";
    int ordered = 1;
    while (d && (e = readdir(d))) {
        if (e->d_name[0] == '.')
            continue;
        ordered &= strcmp(last, e->d_name) < 0;
        strcpy(last, e->d_name);
        n++;
    }
    printf("%ld %d\n", n, ordered);
    return 0;
}

static void tell(const char *what, long result)
{
    printf("%s %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
}

/* FOLDER has a file "file" and a folder "folder". */
static int change(const char *folder)
{
    struct timeval times[2] = {{1, 0}, {1, 0}};
    if (chdir(folder))
        return 1;
    int fd = open("file", O_RDONLY);
    tell("create", open("new", O_CREAT | O_WRONLY, 0644));
    tell("mkdir", mkdir("new", 0755));
    tell("mknod", mknod("new", S_IFIFO | 0644, 0));
    tell("symlink", symlink("a", "new"));
    tell("link", link("file", "new"));
    tell("unlink", unlink("file"));
    tell("rmdir", rmdir("folder"));
    tell("rename", rename("file", "new"));
    tell("exchange", renameat2(AT_FDCWD, "file", AT_FDCWD, "folder", 2));
    tell("chmod", chmod("file", 0777));
    tell("chown", chown("file", 1, 1));
    tell("truncate", truncate("file", 0));
    tell("utimes", utimes("file", times));
    tell("setxattr", setxattr("file", "user.a", "b", 1, 0));
    tell("removexattr", removexattr("file", "user.a"));
    tell("tmpfile", open(".", O_TMPFILE | O_WRONLY, 0644));
    int out = open("file", O_WRONLY);
    tell("write", out < 0 ? -1 : write(out, "x", 1));
    tell("fallocate", out < 0 ? -1 : fallocate(out, 0, 0, 4096));
    tell("append", open("file", O_WRONLY | O_TRUNC));
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    if (strcmp(argv[1], "tree") == 0)
        return walk(open(argv[2], O_RDONLY | O_DIRECTORY), "");
    if (strcmp(argv[1], "count") == 0)
        return count(argv[2]);
    return strcmp(argv[1], "change") == 0 ? change(argv[2]) : 2;
}
