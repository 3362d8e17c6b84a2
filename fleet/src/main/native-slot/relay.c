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

/* Some lines are kept for whoever comes from the host. */
enum { MOST_OUT = MOST_LINES - 64, BACKLOG = 128, ROOM = 32 << 10, SSH = 22, LOOK_AGAIN_MILLIS = 2000 };

int listen_tcp(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
        || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, BACKLOG)
        || getsockname(fd, (struct sockaddr *)&address, &length))
        failed_errno("forwarding");
    *port = ntohs(address.sin_port);
    return fd;
}

int listen_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, BACKLOG))
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
    bool dead[2], out, broken;
    int lost; /* the end that was reset, or never there; else neither */
};

static struct line lines[MOST_LINES];
static int count, count_out;

static struct line *add(int one, int other, bool out)
{
    struct line *line = &lines[count];
    memset(line, 0, sizeof *line);
    line->ends[0] = one;
    line->ends[1] = other;
    line->out = out;
    line->lost = -1;
    count_out += out;
    for (int i = 0; i < 2; i++)
        if (!(line->ways[i].bytes = malloc(ROOM)))
            abort();
    count++;
    return line;
}

static void drop(int which)
{
    for (int i = 0; i < 2; i++) {
        if (lines[which].broken)
            reset(lines[which].ends[i]);
        else
            close(lines[which].ends[i]);
        free(lines[which].ways[i].bytes);
    }
    count_out -= lines[which].out;
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
        if (n < 0 && way->over)
            line->lost = from;
    }
    while (way->at < way->end) {
        ssize_t n = send(target, way->bytes + way->at, way->end - way->at, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            way->over = true;
            way->at = way->end = 0;
            line->lost = 1 - from;
            break;
        }
        way->at += (size_t)n;
    }
    way->at = way->end = 0;
    if (way->over && !way->shut) {
        /* Whoever spoke with an end that was lost shall hear the same, but what it said before first. */
        if (line->lost == from)
            line->broken = true;
        else
            shutdown(target, SHUT_WR);
        way->shut = true;
    }
}

static bool is_over(const struct line *line)
{
    return line->broken || (line->ways[0].shut && line->ways[1].shut) || (line->dead[0] && line->ways[0].shut)
           || (line->dead[1] && line->ways[1].shut);
}

static void connect_ssh(int listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(SSH),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, outside = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (outside < 0)
        return;
    int inside = socket_inside(SOCK_STREAM);
    if (count == MOST_LINES || inside < 0
        || (connect(inside, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)) {
        close(outside);
        if (inside >= 0)
            close(inside);
        return;
    }
    setsockopt(outside, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(inside, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    add(outside, inside, false);
}

static void connect_out(void)
{
    int ends[2];
    if (take_connection(ends))
        add(ends[0], ends[1], true);
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

static void carry_lines(const struct pollfd *seen, int known)
{
    for (int i = known - 1; i >= 0; i--) {
        const short happened[2] = {seen[2 * i].revents, seen[2 * i + 1].revents};
        if (!happened[0] && !happened[1])
            continue;
        for (int end = 0; end < 2; end++) {
            carry(&lines[i], end);
            lines[i].dead[end] |= (happened[end] & (POLLHUP | POLLERR)) && lines[i].ways[end].over;
        }
        if (is_over(&lines[i]))
            drop(i);
    }
}

void relay(int tcp, int local, int guest, int signals)
{
    enum { SIGNALS, SSH_PORT, AGENT, GUEST, OUT, DATAGRAMS, FIRST };
    static struct pollfd all[FIRST + 2 * MOST_LINES + 2 * MOST_FLOWS];
    int out, datagrams;
    way_sockets(&out, &datagrams);
    for (bool guest_there = true;;) {
        all[SIGNALS] = (struct pollfd){.fd = signals, .events = POLLIN};
        all[SSH_PORT] = (struct pollfd){.fd = count < MOST_LINES ? tcp : -1, .events = POLLIN};
        all[AGENT] = (struct pollfd){.fd = asker < 0 ? local : asker, .events = POLLIN};
        all[GUEST] = (struct pollfd){.fd = guest_there ? guest : -1, .events = POLLIN};
        all[OUT] = (struct pollfd){.fd = count_out < MOST_OUT ? out : -1, .events = POLLIN};
        all[DATAGRAMS] = (struct pollfd){.fd = datagrams, .events = POLLIN};
        int known = count, flows = flow_count();
        for (int i = 0; i < known; i++)
            for (int end = 0; end < 2; end++)
                all[FIRST + 2 * i + end] = (struct pollfd){.fd = lines[i].dead[end] ? -1 : lines[i].ends[end],
                                                           .events = wanted(&lines[i], end)};
        watch_flows(all + FIRST + 2 * known);
        if (poll(all, (nfds_t)(FIRST + 2 * (known + flows)), flows ? LOOK_AGAIN_MILLIS : -1) < 0 && errno != EINTR)
            return;
        if (all[SIGNALS].revents)
            return;
        carry_datagrams(all + FIRST + 2 * known, flows);
        carry_lines(all + FIRST, known);
        bool had = asker >= 0;
        if (had || all[GUEST].revents)
            talk(guest, had ? all[AGENT].revents : 0, all[GUEST].revents);
        if (all[GUEST].revents & POLLHUP)
            guest_there = false;
        if (!had && all[AGENT].revents)
            asker = accept4(local, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (all[SSH_PORT].revents)
            connect_ssh(tcp);
        if (all[OUT].revents && count < MOST_LINES)
            connect_out();
        if (all[DATAGRAMS].revents)
            take_datagrams(datagrams);
    }
}
