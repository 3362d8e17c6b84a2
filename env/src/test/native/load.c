/*
 * Uses a view while its server is killed:  load FOLDER THREADS
 *
 * Each thread opens a random file, throws away what the kernel has of it, reads it and compares it with what it was at the
 * first reading; then it asks for a name that nobody asked for before. So each round asks the server. Ends when stdin does,
 * and prints
 *     stall START END      of each round that took more than a few milliseconds, nanoseconds of CLOCK_MONOTONIC
 *     rounds N failed N wrong N
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STALL_NS 3000000
#define MOST 100000

static char *paths[MOST];
static uint64_t hashes[MOST];
static int count;
static const char *folder;
static atomic_bool over;
static atomic_long rounds, failed, wrong;

static int remember(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)at;
    if (type == FTW_F && S_ISREG(s->st_mode) && s->st_size > 0 && count < MOST)
        paths[count++] = strdup(path);
    return 0;
}

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool fnv(const char *path, uint64_t *hash)
{
    unsigned char buffer[65536];
    ssize_t n;
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    *hash = 1469598103934665603u;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < n; i++)
            *hash = (*hash ^ buffer[i]) * 1099511628211u;
    return close(fd) == 0 && n == 0;
}

static void complain(const char *what, const char *path)
{
    fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
}

static void *use(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    for (long i = 0; !over; i++) {
        int which = rand_r(&seed) % count;
        uint64_t hash = 0;
        char absent[4096];
        struct stat s;
        long long before = now();
        if (!fnv(paths[which], &hash)) {
            complain("read", paths[which]);
            failed++;
        } else if (hash != hashes[which]) {
            wrong++;
        }
        snprintf(absent, sizeof absent, "%s/absent-%u-%ld", folder, (unsigned)(uintptr_t)argument, i);
        if (stat(absent, &s) == 0) {
            wrong++;
        } else if (errno != ENOENT) {
            complain("stat", absent);
            failed++;
        }
        long long after = now();
        rounds++;
        if (after - before > STALL_NS)
            printf("stall %lld %lld\n", before, after);
        usleep(500); /* the next server needs a processor to get ready */
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    folder = argv[1];
    int threads = atoi(argv[2]);
    pthread_t all[threads];
    nftw(folder, remember, 32, FTW_PHYS);
    for (int i = 0; i < count; i++)
        if (!fnv(paths[i], &hashes[i]))
            return 1;
    printf("ready %d\n", count);
    fflush(stdout);
    for (int i = 0; i < threads; i++)
        pthread_create(&all[i], NULL, use, (void *)(uintptr_t)(i + 1));
    while (getchar() != EOF)
        ;
    over = true;
    for (int i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    printf("rounds %ld failed %ld wrong %ld\n", rounds, failed, wrong);
    return 0;
}
