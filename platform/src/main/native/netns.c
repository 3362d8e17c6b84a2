/*
 * A network namespace in which every address is this machine: only lo, and "AnyIP" local default routes. A connect to
 * any address therefore arrives at lo, where the owner of the slot decides (a socket-lookup program attached from
 * outside); without a listener it is refused. Nothing can leave.
 */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static int lo_up(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
    return result;
}

static int add_local_default(int fd, unsigned char family)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
        struct rtattr attr;
        uint32_t device;
    } request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = RTM_NEWROUTE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
        .route = {.rtm_family = family,
                  .rtm_table = RT_TABLE_LOCAL,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_scope = RT_SCOPE_HOST,
                  .rtm_type = RTN_LOCAL},
        .attr = {.rta_len = RTA_LENGTH(4), .rta_type = RTA_OIF},
        .device = 1, /* lo is the first device of every network namespace */
    };
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } reply;
    if (send(fd, &request, sizeof request, 0) < 0)
        return -1;
    ssize_t n = recv(fd, &reply, sizeof reply, 0);
    if (n < (ssize_t)(sizeof reply.header + sizeof reply.error.error) || reply.header.nlmsg_type != NLMSG_ERROR)
        errno = EPROTO;
    else
        errno = -reply.error.error;
    return errno == 0 ? 0 : -1;
}

int netns_new(char *note, size_t note_size)
{
    note[0] = 0;
    if (unshare(CLONE_NEWNET) < 0)
        return -1;
    if (lo_up() < 0) {
        snprintf(note, note_size, "lo cannot be brought up: %s", strerror(errno));
        return 0;
    }
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
        snprintf(note, note_size, "no routing socket: %s", strerror(errno));
        return 0;
    }
    if (add_local_default(fd, AF_INET) < 0)
        snprintf(note, note_size, "no local IPv4 default route: %s", strerror(errno));
    else if (add_local_default(fd, AF_INET6) < 0)
        snprintf(note, note_size, "no local IPv6 default route: %s", strerror(errno));
    close(fd);
    return 0;
}
