/*
 * Times what processes do with a tree:  measure cold|warm FOLDER
 *
 * One line: walk (seconds), stat, open and close, open and read and close (microseconds for each file but the large one),
 * and the large file "large" read whole (seconds). Warm means that all of it was done before, so that nobody is waited for;
 * then it is the processor's time of this process that counts, the best of five, which other load on the machine hardly
 * moves. Cold is the time on the wall.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char *paths[200000];
static int count;
static char large[4096];
static char buffer[1 << 20];
static clockid_t watch = CLOCK_MONOTONIC;

static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int see(const char *path, const struct stat *s, int type, struct FTW *at)
{
    if (type == FTW_F && strcmp(path + at->base, "large") == 0)
        strcpy(large, path);
    else if (type == FTW_F && S_ISREG(s->st_mode))
        paths[count++] = strdup(path);
    return 0;
}

static void swallow(const char *path)
{
    int fd = open(path, O_RDONLY);
    while (fd >= 0 && read(fd, buffer, sizeof buffer) > 0)
        ;
    if (fd < 0)
        exit(1);
    close(fd);
}

static void round_of(const char *folder, double result[5])
{
    struct stat s;
    double t = now();
    count = 0;
    if (nftw(folder, see, 64, FTW_PHYS))
        exit(1);
    result[0] = now() - t;
    t = now();
    for (int i = 0; i < count; i++)
        stat(paths[i], &s);
    result[1] = (now() - t) / count * 1e6;
    t = now();
    for (int i = 0; i < count; i++)
        close(open(paths[i], O_RDONLY));
    result[2] = (now() - t) / count * 1e6;
    t = now();
    for (int i = 0; i < count; i++)
        swallow(paths[i]);
    result[3] = (now() - t) / count * 1e6;
    t = now();
    swallow(large);
    result[4] = now() - t;
}

int main(int argc, char **argv)
{
    double result[5], best[5];
    if (argc != 3)
        return 2;
    round_of(argv[2], best);
    watch = CLOCK_PROCESS_CPUTIME_ID;
    for (int i = 0; argv[1][0] == 'w' && i < 5; i++) {
        round_of(argv[2], result);
        for (int j = 0; j < 5; j++)
            if (i == 0 || result[j] < best[j])
                best[j] = result[j];
    }
    printf("%.4f %.3f %.3f %.3f %.4f\n", best[0], best[1], best[2], best[3], best[4]);
    return 0;
}
