/*
 * A service that uses the library as it is told on its input, a word of which is
 *   create                              answers with the number of the queue pair
 *   connect QP GID LABEL REMOTE INDEX   ready to receive, then ready to send
 *   reset QP, break QP, destroy QP
 *   become                              another program, which waits for its input to end
 *   storm N                             so many calls, which count on in the number of the remote queue pair; each tenth
 *                                       destroys
 * and answers each with a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ibverbs.h"

enum { RESET, INIT, RTR, RTS, ERROR = 6 };

static struct ibv_device device = {.name = "mfx0"};
static struct ibv_context context = {&device};
static struct ibv_qp *known[1 << 16];

static struct ibv_qp *find(void)
{
    unsigned number = 0;
    if (scanf("%x", &number) != 1 || number >= 1 << 16 || !known[number])
        exit(3);
    return known[number];
}

static void change(struct ibv_qp *qp, int state)
{
    struct ibv_qp_attr attr = {.qp_state = state};
    ibv_modify_qp(qp, &attr, 1);
}

static void connect_qp(void)
{
    struct ibv_qp *qp = find();
    struct ibv_qp_attr attr = {.qp_state = RTR};
    char gid[33];
    unsigned label, remote, index;
    int i;
    if (scanf("%32s %x %x %u", gid, &label, &remote, &index) != 4 || strlen(gid) != 32)
        exit(3);
    for (i = 0; i < 16; i++)
        sscanf(gid + 2 * i, "%2hhx", &attr.ah_attr.dgid[i]);
    attr.ah_attr.flow_label = label;
    attr.ah_attr.sgid_index = index;
    attr.ah_attr.is_global = 1;
    attr.ah_attr.port_num = 1;
    attr.dest_qp_num = remote;
    change(qp, INIT);
    ibv_modify_qp(qp, &attr, 1 | 1 << 7 | 1 << 20);
    change(qp, RTS);
}

static void storm(void)
{
    struct ibv_qp *qp = ibv_create_qp(&context, &device);
    struct ibv_qp_attr attr = {.qp_state = RTR};
    unsigned i, count = 0;
    if (scanf("%u", &count) != 1)
        exit(3);
    for (i = 1; i <= count; i++) {
        qp->qp_num = i;
        attr.dest_qp_num = i;
        if (i % 10)
            ibv_modify_qp(qp, &attr, 1 << 20);
        else
            ibv_destroy_qp(qp);
    }
}

int main(void)
{
    char word[16];
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (scanf("%15s", word) == 1) {
        if (!strcmp(word, "create")) {
            struct ibv_qp *qp = ibv_create_qp(&context, &device);
            known[qp->qp_num] = qp;
            printf("%x\n", qp->qp_num);
            continue;
        } else if (!strcmp(word, "connect")) {
            connect_qp();
        } else if (!strcmp(word, "reset")) {
            change(find(), RESET);
        } else if (!strcmp(word, "break")) {
            change(find(), ERROR);
        } else if (!strcmp(word, "destroy")) {
            ibv_destroy_qp(find());
        } else if (!strcmp(word, "storm")) {
            storm();
        } else if (!strcmp(word, "become")) {
            execl("/bin/cat", "cat", (char *)NULL);
            exit(4);
        } else {
            exit(2);
        }
        puts("done");
    }
    return 0;
}
