/*
 * The way out of a runner's network, in which every address is this machine ("AnyIP") and nothing else is there. A program
 * of the kernel hears of each new flow before any socket does: the runner's own stay its own, those to open addresses come to
 * the holder, which connects to the same address from outside and carries bytes, and all others are refused at once. So no
 * packet of a runner ever leaves, whatever it forges, and the holder decides a second time, on the address that it was given
 * by the kernel and with the routes that the host has at that moment.
 */
#define _GNU_SOURCE
#include "slot.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than some headers (include/uapi/linux/bpf.h). */
enum { PROGRAM_SK_LOOKUP = 30, ATTACH_SK_LOOKUP = 36, LINK_CREATE = 28 };
enum { HELPER_LOOKUP = 1, HELPER_RELEASE = 86, HELPER_ASSIGN = 124 };
enum { FAMILY_AT = 8, PROTOCOL_AT = 12, ADDRESS_AT = 40, PORT_AT = 60 };
enum { LISTENER, DATAGRAMS, SOCKETS, LO = 1 };
enum { MOST_FILES = 2 * (MOST_LINES + MOST_FLOWS) + 64 };

static const struct plan *rules;
static int inside = -1, home = -1, outside = -1;
static int listener = -1, datagrams = -1, routes = -1;

static unsigned address(const char *text)
{
    return inet_addr(text);
}

/* ---- in the runner's network, before anything of the runner runs ---- */

struct request {
    struct nlmsghdr header;
    union {
        struct rtmsg route;
        struct ifaddrmsg address;
    } what;
    char attributes[64];
};

static void add(struct request *request, unsigned short type, uint32_t value)
{
    struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(sizeof value);
    memcpy(RTA_DATA(attribute), &value, sizeof value);
    request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_SPACE(sizeof value);
}

static void tell_kernel(const char *step, const struct request *request)
{
    struct { struct nlmsghdr header; struct nlmsgerr error; char rest[512]; } answer = {0};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0 || send(fd, request, request->header.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
        failed_errno(step);
    close(fd);
    if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error) {
        errno = answer.error.error ? -answer.error.error : EPROTO;
        failed_errno(step);
    }
}

void lead_all_to_holder(void)
{
    unsigned short flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    struct request own = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof own.what.address), .nlmsg_type = RTM_NEWADDR, .nlmsg_flags = flags},
        .what.address = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_scope = RT_SCOPE_UNIVERSE, .ifa_index = LO},
    };
    struct request all = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof all.what.route), .nlmsg_type = RTM_NEWROUTE, .nlmsg_flags = flags},
        .what.route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_LOCAL, .rtm_protocol = RTPROT_STATIC,
                       .rtm_scope = RT_SCOPE_HOST, .rtm_type = RTN_LOCAL},
    };
    add(&own, IFA_LOCAL, address(OWN_ADDRESS));
    add(&own, IFA_ADDRESS, address(OWN_ADDRESS));
    tell_kernel("address of the runner", &own);
    add(&all, RTA_OIF, LO);
    /* So that answers have another address than what was asked, and find who asked by the ordinary way. */
    add(&all, RTA_PREFSRC, address(OWN_ADDRESS));
    tell_kernel("route of the runner", &all);
    /* The kernel would answer for every address there is. */
    write_text("no echoes", "/proc/sys/net/ipv4/icmp_echo_ignore_all", "1");
}

/* ---- namespaces ---- */

void know_networks(const struct plan *plan, int of_runner, int of_holder)
{
    rules = plan;
    inside = of_runner;
    outside = home = of_holder;
    if (plan->outside && (outside = open(plan->outside, O_RDONLY | O_CLOEXEC)) < 0)
        failed_errno(plan->outside);
}

static int socket_at(int network, int family, int type, int protocol)
{
    if (network != home && setns(network, CLONE_NEWNET))
        return -1;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    int why = errno;
    if (network != home && setns(home, CLONE_NEWNET))
        abort();
    errno = why;
    return fd;
}

int network_inside(void)
{
    return inside;
}

int socket_inside(int type)
{
    return socket_at(inside, AF_INET, type, 0);
}

int socket_outside(int type)
{
    return socket_at(outside, AF_INET, type, 0);
}

/* ---- what the kernel decides ---- */

static int bpf(int command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int new_map(unsigned type, unsigned key, unsigned value, unsigned most, unsigned flags)
{
    union bpf_attr map = {.map_type = type, .key_size = key, .value_size = value, .max_entries = most, .map_flags = flags};
    int fd = bpf(BPF_MAP_CREATE, &map);
    if (fd < 0)
        failed_errno("the kernel's map for the way out (root and Linux 5.9 are needed)");
    return fd;
}

static void put(int map, const void *key, const void *value)
{
    union bpf_attr entry = {.map_fd = (unsigned)map, .key = (uintptr_t)key, .value = (uintptr_t)value};
    if (bpf(BPF_MAP_UPDATE_ELEM, &entry))
        failed_errno("an entry for the way out");
}

#define OP(operation, to, from, offset, number) \
    (struct bpf_insn){.code = operation, .dst_reg = to, .src_reg = from, .off = offset, .imm = number}
#define MOVE(to, from) OP(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define SET(to, number) OP(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, number)
#define ADD(to, number) OP(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, number)
#define READ(to, from, offset) OP(BPF_LDX | BPF_MEM | BPF_W, to, from, offset, 0)
#define WRITE(to, offset, from) OP(BPF_STX | BPF_MEM | BPF_W, to, from, offset, 0)
#define WRITE_NUMBER(to, offset, number) OP(BPF_ST | BPF_MEM | BPF_W, to, 0, offset, number)
#define WHEN(operation, what, number, where) OP(BPF_JMP | operation | BPF_K, what, 0, where, number)
#define GO(where) OP(BPF_JMP | BPF_JA, 0, 0, where, 0)
#define CALL(helper) OP(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define MAP(to, fd) OP(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, fd), OP(0, 0, 0, 0, 0)
#define EXIT OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* Places that are not known yet; no real jump goes so far. */
enum { STEER = 1000, PASS, DROP };
enum { R0, R1, R2, R3, R6 = 6, R7, R8, R9, R10, KEY = -8, WHICH = -12 };

/* Of a flow that begins: family, protocol, and where it goes. 1 lets the kernel look for a socket of the runner's. */
static int load_decision(int verdicts, int sockets)
{
    struct bpf_insn code[] = {
        MOVE(R6, R1),
        READ(R0, R6, FAMILY_AT),
        WHEN(BPF_JNE, R0, AF_INET, PASS), /* of IPv6 only ::1 has a route */
        READ(R9, R6, PROTOCOL_AT),
        READ(R8, R6, PORT_AT),
        READ(R0, R6, ADDRESS_AT),
        WRITE_NUMBER(R10, KEY, 32),
        WRITE(R10, KEY + 4, R0),
        MAP(R1, verdicts),
        MOVE(R2, R10),
        ADD(R2, KEY),
        CALL(HELPER_LOOKUP),
        SET(R7, CLOSED),
        WHEN(BPF_JEQ, R0, 0, 1),
        READ(R7, R0, 0),
        WHEN(BPF_JEQ, R7, OWN, PASS),
        WHEN(BPF_JEQ, R8, NAMES_PORT, STEER),
        WHEN(BPF_JEQ, R7, OPEN, STEER),
        WHEN(BPF_JEQ, R7, OWN_BUT_NAMES, PASS),
        GO(DROP),
        /* STEER */
        SET(R0, LISTENER),
        WHEN(BPF_JEQ, R9, IPPROTO_TCP, 1),
        SET(R0, DATAGRAMS),
        WRITE(R10, WHICH, R0),
        MAP(R1, sockets),
        MOVE(R2, R10),
        ADD(R2, WHICH),
        CALL(HELPER_LOOKUP),
        WHEN(BPF_JEQ, R0, 0, DROP),
        MOVE(R8, R0),
        MOVE(R1, R6),
        MOVE(R2, R8),
        SET(R3, 0),
        CALL(HELPER_ASSIGN),
        MOVE(R7, R0),
        MOVE(R1, R8),
        CALL(HELPER_RELEASE),
        WHEN(BPF_JNE, R7, 0, DROP),
        /* PASS */
        SET(R0, 1),
        EXIT,
        /* DROP */
        SET(R0, 0),
        EXIT,
    };
    enum { COUNT = sizeof code / sizeof *code, DROP_AT = COUNT - 2, PASS_AT = COUNT - 4, STEER_AT = COUNT - 23 };
    static char said[4096];
    for (int i = 0; i < COUNT; i++)
        if (code[i].off >= STEER)
            code[i].off = (short)((code[i].off == STEER ? STEER_AT : code[i].off == PASS ? PASS_AT : DROP_AT) - i - 1);
    union bpf_attr program = {.prog_type = PROGRAM_SK_LOOKUP, .insns = (uintptr_t)code, .insn_cnt = COUNT,
                              .license = (uintptr_t)"Apache-2.0", .expected_attach_type = ATTACH_SK_LOOKUP,
                              .log_buf = (uintptr_t)said, .log_size = sizeof said, .log_level = 1};
    int fd = bpf(BPF_PROG_LOAD, &program);
    if (fd < 0)
        failed_errno("the kernel's program for the way out (root and Linux 5.9 are needed)");
    return fd;
}

static void put_verdicts(int map)
{
    for (int i = 0; i < rules->range_count; i++) {
        const struct range *range = &rules->ranges[i];
        unsigned key[2] = {range->bits, range->address};
        put(map, key, &range->verdict);
    }
}

void open_way(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(NAMES_PORT), .sin_addr.s_addr = address(NAMES_ADDRESS)};
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    int on = 1;
    setrlimit(RLIMIT_MEMLOCK, &all); /* up to Linux 5.10 maps count as locked memory */
    if (getrlimit(RLIMIT_NOFILE, &all) || all.rlim_max < MOST_FILES)
        failed("files", "too few may be open at once (raise the hard limit to 2048 or more)");
    all.rlim_cur = all.rlim_max;
    setrlimit(RLIMIT_NOFILE, &all);
    listener = socket_at(inside, AF_INET, SOCK_STREAM, 0);
    datagrams = socket_at(inside, AF_INET, SOCK_DGRAM, 0);
    routes = socket_at(outside, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (listener < 0 || datagrams < 0 || routes < 0 || bind(listener, (struct sockaddr *)&at, sizeof at)
        || listen(listener, SOMAXCONN) || setsockopt(datagrams, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
        || setsockopt(datagrams, IPPROTO_IP, IP_RECVORIGDSTADDR, &on, sizeof on)
        || bind(datagrams, (struct sockaddr *)&at, sizeof at))
        failed_errno("sockets for the way out");
    int verdicts = new_map(BPF_MAP_TYPE_LPM_TRIE, 2 * sizeof(unsigned), sizeof(unsigned), MOST_RANGES, BPF_F_NO_PREALLOC);
    int sockets = new_map(BPF_MAP_TYPE_SOCKMAP, sizeof(unsigned), sizeof(uint64_t), SOCKETS, 0);
    put_verdicts(verdicts);
    put(sockets, &(unsigned){LISTENER}, &(uint64_t){(uint64_t)listener});
    put(sockets, &(unsigned){DATAGRAMS}, &(uint64_t){(uint64_t)datagrams});
    union bpf_attr link = {.link_create = {.prog_fd = (unsigned)load_decision(verdicts, sockets),
                                           .target_fd = (unsigned)inside, .attach_type = ATTACH_SK_LOOKUP}};
    /* Kept until the holder ends; then nothing goes anywhere. */
    int kept = bpf(LINK_CREATE, &link);
    if (kept < 0 || fcntl(kept, F_SETFD, FD_CLOEXEC))
        failed_errno("attaching the kernel's program for the way out (Linux 5.9 is needed)");
}

/* ---- what the holder decides ---- */

static const struct range *range_of(unsigned of)
{
    const struct range *best = NULL;
    for (int i = 0; i < rules->range_count; i++) {
        const struct range *each = &rules->ranges[i];
        unsigned mask = each->bits ? htonl(~0u << (32 - each->bits)) : 0;
        if ((of & mask) == each->address && (!best || each->bits >= best->bits))
            best = each;
    }
    return best;
}

/* How the host takes it now: its own addresses and those of broadcasts are none that one connects to from here. */
static int kind_of(unsigned of)
{
    struct { struct nlmsghdr header; struct rtmsg route; char rest[1024]; } answer;
    struct request ask = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof ask.what.route), .nlmsg_type = RTM_GETROUTE,
                   .nlmsg_flags = NLM_F_REQUEST},
        .what.route = {.rtm_family = AF_INET, .rtm_dst_len = 32},
    };
    add(&ask, RTA_DST, of);
    if (send(routes, &ask, ask.header.nlmsg_len, 0) < 0 || recv(routes, &answer, sizeof answer, 0) < (ssize_t)NLMSG_LENGTH(sizeof answer.route)
        || answer.header.nlmsg_type != RTM_NEWROUTE)
        return -1;
    return answer.route.rtm_type;
}

bool leads_to(const struct sockaddr_in *asked, struct sockaddr_in *target)
{
    const struct range *range = range_of(asked->sin_addr.s_addr);
    *target = *asked;
    if (range && range->verdict == OPEN) {
        int kind = kind_of(asked->sin_addr.s_addr);
        return kind == RTN_UNICAST || (kind == RTN_LOCAL && range->bits == 32);
    }
    if (ntohs(asked->sin_port) != NAMES_PORT || !rules->resolver)
        return false;
    target->sin_addr.s_addr = rules->resolver;
    return true;
}

/* ---- connections ---- */

void way_sockets(int *tcp, int *udp)
{
    *tcp = listener;
    *udp = datagrams;
}

void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

bool take_connection(int ends[2])
{
    struct sockaddr_in asked, target;
    socklen_t length = sizeof asked;
    int on = 1, theirs = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (theirs < 0)
        return false;
    int ours = -1;
    if (getsockname(theirs, (struct sockaddr *)&asked, &length) == 0 && leads_to(&asked, &target))
        ours = socket_outside(SOCK_STREAM);
    if (ours < 0 || (connect(ours, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS)) {
        reset(theirs);
        if (ours >= 0)
            close(ours);
        return false;
    }
    setsockopt(ours, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(theirs, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(ours, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ends[0] = theirs;
    ends[1] = ours;
    return true;
}
