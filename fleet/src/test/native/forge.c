/*
 * What a hostile runner does with its network, beyond what shell commands can.
 *
 *   forge udp FROM TO PORT TEXT      a datagram from an address that it takes; prints what is answered
 *   forge send FROM TO PORT TEXT     the same, and does not wait
 *   forge tcp FROM TO PORT           a connection from such an address, asking for a page; prints what is answered
 *   forge raw FROM TO                a datagram with headers of its own, and a frame past all routes: prints "sent" for each
 *   forge many TO PORT N             N connections at once, that stay until it is killed; prints how many were taken
 *   forge flood TO PORT N            N datagrams, each from a port of its own
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in at(const char *address, int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)port),
                                .sin_addr.s_addr = inet_addr(address)};
}

static int from(const char *address, int type)
{
    struct sockaddr_in own = at(address, 0);
    struct timeval patience = {30, 0};
    int on = 1, fd = socket(AF_INET, type, 0);
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (bind(fd, (struct sockaddr *)&own, sizeof own))
        perror("bind");
    return fd;
}

static void hear(int fd)
{
    char said[4096];
    ssize_t n;
    while ((n = recv(fd, said, sizeof said, 0)) > 0) {
        fwrite(said, 1, (size_t)n, stdout);
        int type;
        socklen_t length = sizeof type;
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
        if (type == SOCK_DGRAM)
            return;
    }
}

static void raw(const char *own, const char *to)
{
    char packet[64] = {0};
    struct iphdr *ip = (struct iphdr *)packet;
    struct udphdr *udp = (struct udphdr *)(ip + 1);
    struct sockaddr_in target = at(to, 7);
    *ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .tot_len = htons(33),
                         .saddr = inet_addr(own), .daddr = inet_addr(to)};
    *udp = (struct udphdr){.source = htons(5000), .dest = htons(7), .len = htons(13)};
    memcpy(udp + 1, "loud\n", 5);
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (fd >= 0 && sendto(fd, packet, 33, 0, (struct sockaddr *)&target, sizeof target) > 0)
        printf("sent packet\n");
    struct sockaddr_ll card = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_halen = 6,
                               .sll_addr = {255, 255, 255, 255, 255, 255}};
    struct { int index; const char *name; } cards[] = {{0, "eth0"}, {0, "lo"}};
    for (int i = 0; i < 2; i++) {
        fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
        card.sll_ifindex = (int)if_nametoindex(cards[i].name);
        if (fd >= 0 && card.sll_ifindex && sendto(fd, packet, 33, 0, (struct sockaddr *)&card, sizeof card) > 0)
            printf("sent frame\n");
    }
}

static void many(const char *to, int port, int count)
{
    struct sockaddr_in target = at(to, port);
    int taken = 0;
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fd, (struct sockaddr *)&target, sizeof target);
        taken += fd >= 0;
    }
    printf("%d\n", taken);
    fflush(stdout);
    close(1);
    close(2);
    pause();
}

int main(int count, char **words)
{
    if (count == 6 && (!strcmp(words[1], "udp") || !strcmp(words[1], "send"))) {
        struct sockaddr_in target = at(words[3], atoi(words[4]));
        int fd = from(words[2], SOCK_DGRAM);
        if (sendto(fd, words[5], strlen(words[5]), 0, (struct sockaddr *)&target, sizeof target) < 0)
            perror("send");
        if (words[1][0] == 'u')
            hear(fd);
    } else if (count == 5 && !strcmp(words[1], "tcp")) {
        struct sockaddr_in target = at(words[3], atoi(words[4]));
        int fd = from(words[2], SOCK_STREAM);
        if (connect(fd, (struct sockaddr *)&target, sizeof target) || send(fd, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL) < 0)
            perror("connect");
        hear(fd);
    } else if (count == 4 && !strcmp(words[1], "raw")) {
        raw(words[2], words[3]);
    } else if (count == 5 && !strcmp(words[1], "many")) {
        many(words[2], atoi(words[3]), atoi(words[4]));
    } else if (count == 5 && !strcmp(words[1], "flood")) {
        struct sockaddr_in target = at(words[2], atoi(words[3]));
        for (int i = 0; i < atoi(words[4]); i++) {
            int fd = from("0.0.0.0", SOCK_DGRAM);
            if (sendto(fd, "x", 1, 0, (struct sockaddr *)&target, sizeof target) < 0)
                perror("send");
        }
    } else {
        return 64;
    }
    return 0;
}
