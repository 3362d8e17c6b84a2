/* Compiles when the real header has everything where it is looked for; the places are defined on the command line. */
#include <infiniband/verbs.h>
#include <stddef.h>

_Static_assert(offsetof(struct ibv_qp, context) == QP_CONTEXT, "context");
_Static_assert(offsetof(struct ibv_qp, qp_num) == QP_NUMBER, "qp_num");
_Static_assert(offsetof(struct ibv_qp, qp_type) == QP_TYPE, "qp_type");
_Static_assert(offsetof(struct ibv_context, device) == CONTEXT_DEVICE, "device");
_Static_assert(offsetof(struct ibv_device, name) == DEVICE_NAME, "name");
_Static_assert(sizeof(((struct ibv_device *)0)->name) == DEVICE_NAME_BYTES, "length of name");
_Static_assert(offsetof(struct ibv_qp_attr, qp_state) == ATTR_STATE, "qp_state");
_Static_assert(offsetof(struct ibv_qp_attr, dest_qp_num) == ATTR_REMOTE_QP, "dest_qp_num");
_Static_assert(offsetof(struct ibv_qp_attr, ah_attr.grh.dgid) == ATTR_REMOTE_GID, "dgid");
_Static_assert(offsetof(struct ibv_qp_attr, ah_attr.grh.flow_label) == ATTR_ROUTE, "flow_label");
_Static_assert(offsetof(struct ibv_qp_attr, ah_attr.grh.sgid_index) == ATTR_ROUTE + 4, "sgid_index");
_Static_assert(offsetof(struct ibv_qp_attr, ah_attr.port_num) == ATTR_PORT, "port_num");
_Static_assert(IBV_QPS_RESET == 0 && IBV_QPS_RTR == 2 && IBV_QPS_ERR == 6, "states");
_Static_assert(IBV_QP_STATE == 1 && IBV_QP_AV == 1 << 7 && IBV_QP_DEST_QPN == 1 << 20, "masks");
