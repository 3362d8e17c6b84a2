/*
 * Stands in for libibverbs where there is no RDMA card: the names and versions that the real one exports, in which the old
 * version of a function goes through the new one.
 */
#include <stdlib.h>

#include "ibverbs.h"

static unsigned next_number = 0x100;

struct ibv_qp *create_qp_1_1(struct ibv_context *pd_context, void *init)
{
    struct ibv_qp *qp;
    if (!init)
        return NULL;
    qp = calloc(1, sizeof *qp);
    qp->context = pd_context;
    qp->qp_num = __atomic_fetch_add(&next_number, 1, __ATOMIC_RELAXED);
    qp->qp_type = 2;
    return qp;
}

int modify_qp_1_1(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask)
{
    if (mask & 1)
        qp->state = attr->qp_state;
    return 0;
}

int modify_qp_1_0(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask)
{
    return modify_qp_1_1(qp, attr, mask) - 1;
}

int destroy_qp_1_1(struct ibv_qp *qp)
{
    qp->state = -1;
    return 0;
}

__asm__(".symver create_qp_1_1, ibv_create_qp@@IBVERBS_1.1");
__asm__(".symver modify_qp_1_0, ibv_modify_qp@IBVERBS_1.0");
__asm__(".symver modify_qp_1_1, ibv_modify_qp@@IBVERBS_1.1");
__asm__(".symver destroy_qp_1_1, ibv_destroy_qp@@IBVERBS_1.1");
