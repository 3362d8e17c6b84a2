/* Datagrams on the way out: for each pair of ends one socket in the runner's network and one outside. */
#define _GNU_SOURCE
#include "slot.h"
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 65536, AT_ONCE = 16, IDLE_SECONDS = 60, NAMES_SECONDS = 10 };

struct flow {
    struct sockaddr_in who, asked;
    int theirs, ours;
    time_t used;
};

static struct flow flows[MOST_FLOWS];
static int count;
static char bytes[LARGEST];

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static void end(int which)
{
    close(flows[which].theirs);
    close(flows[which].ours);
    flows[which] = flows[--count];
}

static bool same(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_addr.s_addr == other->sin_addr.s_addr && one->sin_port == other->sin_port;
}

static struct flow *known(const struct sockaddr_in *who, const struct sockaddr_in *asked)
{
    for (int i = 0; i < count; i++)
        if (same(&flows[i].who, who) && same(&flows[i].asked, asked))
            return &flows[i];
    return NULL;
}

/* A runner that opens more than there are loses the one that was silent longest. */
static void make_room(void)
{
    int oldest = 0;
    for (int i = 1; i < count; i++)
        if (flows[i].used < flows[oldest].used)
            oldest = i;
    if (count == MOST_FLOWS)
        end(oldest);
}

static struct flow *begin(const struct sockaddr_in *who, const struct sockaddr_in *asked)
{
    struct sockaddr_in target;
    int on = 1;
    if (!leads_to(asked, &target))
        return NULL;
    make_room();
    struct flow flow = {.who = *who, .asked = *asked, .theirs = socket_inside(SOCK_DGRAM), .ours = socket_outside(SOCK_DGRAM)};
    if (flow.theirs < 0 || flow.ours < 0 || connect(flow.ours, (struct sockaddr *)&target, sizeof target)
        || setsockopt(flow.theirs, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
        || bind(flow.theirs, (const struct sockaddr *)asked, sizeof *asked)
        || connect(flow.theirs, (const struct sockaddr *)who, sizeof *who)) {
        if (flow.theirs >= 0)
            close(flow.theirs);
        if (flow.ours >= 0)
            close(flow.ours);
        return NULL;
    }
    flows[count] = flow;
    return &flows[count++];
}

static bool where_to(struct msghdr *message, struct sockaddr_in *asked)
{
    for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each))
        if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_ORIGDSTADDR) {
            memcpy(asked, CMSG_DATA(each), sizeof *asked);
            return true;
        }
    return false;
}

void take_datagrams(int fd)
{
    for (int i = 0; i < AT_ONCE; i++) {
        struct sockaddr_in who, asked;
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof asked)];
        struct iovec piece = {bytes, sizeof bytes};
        struct msghdr message = {.msg_name = &who, .msg_namelen = sizeof who, .msg_iov = &piece, .msg_iovlen = 1,
                                 .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);
        if (n < 0)
            return;
        if (!where_to(&message, &asked))
            continue;
        struct flow *flow = known(&who, &asked);
        if (!flow && !(flow = begin(&who, &asked)))
            continue;
        flow->used = now();
        /* What cannot be sent at once is lost, as on any network. */
        if (send(flow->ours, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            continue;
    }
}

int flow_count(void)
{
    return count;
}

void watch_flows(struct pollfd *all)
{
    for (int i = 0; i < count; i++) {
        all[2 * i] = (struct pollfd){.fd = flows[i].theirs, .events = POLLIN};
        all[2 * i + 1] = (struct pollfd){.fd = flows[i].ours, .events = POLLIN};
    }
}

static void pass_on(struct flow *flow, int from, int to)
{
    for (int i = 0; i < AT_ONCE; i++) {
        ssize_t n = recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0)
            return; /* also what the far end refuses: the one who asked hears nothing */
        flow->used = now();
        if (send(to, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN)
            return;
    }
}

void carry_datagrams(const struct pollfd *all, int watched)
{
    for (int i = 0; i < watched; i++) {
        if (all[2 * i].revents)
            pass_on(&flows[i], flows[i].theirs, flows[i].ours);
        if (all[2 * i + 1].revents)
            pass_on(&flows[i], flows[i].ours, flows[i].theirs);
    }
    for (int i = count - 1; i >= 0; i--)
        if (now() - flows[i].used > (ntohs(flows[i].asked.sin_port) == NAMES_PORT ? NAMES_SECONDS : IDLE_SECONDS))
            end(i);
}
