/* Carries bytes between the host and the slot. */
#define _GNU_SOURCE
#include "slot.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_LINES = 128, ROOM = 64 << 10, SSH = 22 };

int listen_tcp(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, MOST_LINES)
        || getsockname(fd, (struct sockaddr *)&address, &length))
        failed_errno("port");
    *port = ntohs(address.sin_port);
    return fd;
}

int listen_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, MOST_LINES))
        failed_errno(path);
    umask(before);
    return fd;
}

/* One direction. */
struct way {
    char *bytes;
    size_t at, end;
    bool over, shut;
};

/* Two ends; ways[i] goes from ends[i] to the other one. */
struct line {
    int ends[2];
    struct way ways[2];
    bool dead[2];
};

static struct line lines[MOST_LINES];
static int count;

static struct line *add(int one, int other)
{
    struct line *line = &lines[count];
    memset(line, 0, sizeof *line);
    line->ends[0] = one;
    line->ends[1] = other;
    for (int i = 0; i < 2; i++)
        if (!(line->ways[i].bytes = malloc(ROOM)))
            abort();
    count++;
    return line;
}

static void drop(int which)
{
    for (int i = 0; i < 2; i++) {
        close(lines[which].ends[i]);
        free(lines[which].ways[i].bytes);
    }
    lines[which] = lines[--count];
}

static short wanted(const struct line *line, int end)
{
    const struct way *out = &line->ways[end], *in = &line->ways[1 - end];
    return (short)((!out->over && out->end < ROOM ? POLLIN : 0) | (in->at < in->end ? POLLOUT : 0));
}

static void carry(struct line *line, int from)
{
    struct way *way = &line->ways[from];
    int target = line->ends[1 - from];
    if (!way->over && way->end < ROOM) {
        ssize_t n = read(line->ends[from], way->bytes + way->end, ROOM - way->end);
        if (n > 0)
            way->end += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            way->over = true;
    }
    while (way->at < way->end) {
        ssize_t n = send(target, way->bytes + way->at, way->end - way->at, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            way->over = true;
            way->at = way->end = 0;
            break;
        }
        way->at += (size_t)n;
    }
    way->at = way->end = 0;
    if (way->over && !way->shut) {
        shutdown(target, SHUT_WR);
        way->shut = true;
    }
}

static bool is_over(const struct line *line)
{
    return (line->ways[0].shut && line->ways[1].shut) || (line->dead[0] && line->ways[0].shut)
           || (line->dead[1] && line->ways[1].shut);
}

static void connect_ssh(int listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(SSH),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, outside = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (outside < 0)
        return;
    int inside = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (count == MOST_LINES || inside < 0
        || (connect(inside, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)) {
        close(outside);
        if (inside >= 0)
            close(inside);
        return;
    }
    setsockopt(outside, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(inside, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    add(outside, inside);
}

/* ---- the guest's agent: one who asks at a time, as a hypervisor would let them ---- */

static int asker = -1;
static bool half; /* whether what it has said so far ends within a line */

static void hang_up(int guest)
{
    close(asker);
    asker = -1;
    /* Half a line of who has gone is nobody's. */
    if (half && send(guest, "\n", 1, MSG_NOSIGNAL) < 0)
        return;
    half = false;
}

static void talk(int guest, short heard, short said)
{
    char bytes[4096];
    if (said) {
        ssize_t n = recv(guest, bytes, sizeof bytes, MSG_DONTWAIT);
        /* Nobody waits for what is said while nobody is there, nor for what they do not read. */
        if (n > 0 && asker >= 0 && send(asker, bytes, (size_t)n, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
            hang_up(guest);
    }
    if (heard && asker >= 0) {
        ssize_t n = recv(asker, bytes, sizeof bytes, 0);
        if (n > 0) {
            half = bytes[n - 1] != '\n';
            if (send(guest, bytes, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n)
                hang_up(guest);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            hang_up(guest);
        }
    }
}

void relay(int tcp, int local, int guest, int signals)
{
    enum { FIRST = 4 };
    static struct pollfd all[FIRST + 2 * MOST_LINES];
    for (bool guest_there = true;;) {
        all[0] = (struct pollfd){.fd = signals, .events = POLLIN};
        all[1] = (struct pollfd){.fd = count < MOST_LINES ? tcp : -1, .events = POLLIN};
        all[2] = (struct pollfd){.fd = asker < 0 ? local : asker, .events = POLLIN};
        all[3] = (struct pollfd){.fd = guest_there ? guest : -1, .events = POLLIN};
        int known = count;
        for (int i = 0; i < known; i++)
            for (int end = 0; end < 2; end++)
                all[FIRST + 2 * i + end] = (struct pollfd){.fd = lines[i].dead[end] ? -1 : lines[i].ends[end],
                                                           .events = wanted(&lines[i], end)};
        if (poll(all, (nfds_t)(FIRST + 2 * known), -1) < 0 && errno != EINTR)
            return;
        if (all[0].revents)
            return;
        for (int i = known - 1; i >= 0; i--) {
            short *seen[2] = {&all[FIRST + 2 * i].revents, &all[FIRST + 2 * i + 1].revents};
            if (!*seen[0] && !*seen[1])
                continue;
            for (int end = 0; end < 2; end++) {
                carry(&lines[i], end);
                lines[i].dead[end] |= (*seen[end] & (POLLHUP | POLLERR)) && lines[i].ways[end].over;
            }
            if (is_over(&lines[i]))
                drop(i);
        }
        bool had = asker >= 0;
        if (had || all[3].revents)
            talk(guest, had ? all[2].revents : 0, all[3].revents);
        if (all[3].revents & POLLHUP)
            guest_there = false;
        if (!had && all[2].revents)
            asker = accept4(local, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (all[1].revents)
            connect_ssh(tcp);
    }
}
