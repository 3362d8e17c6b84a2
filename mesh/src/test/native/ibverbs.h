/*
 * Those parts of libibverbs that are watched, laid out as in infiniband/verbs.h on 64 bits. layout.c compares that header
 * with the places that the watching program uses, where it is installed.
 */
#include <stddef.h>
#include <stdint.h>

struct ibv_device {
    void *ops[2];
    int node_type;
    int transport_type;
    char name[64];
};

struct ibv_context {
    struct ibv_device *device;
};

struct ibv_qp {
    struct ibv_context *context;
    void *others[5];
    uint32_t handle;
    uint32_t qp_num;
    int state;
    int qp_type;
};

struct ibv_ah_attr {
    uint8_t dgid[16];
    uint32_t flow_label;
    uint8_t sgid_index;
    uint8_t hop_limit;
    uint8_t traffic_class;
    uint16_t dlid;
    uint8_t sl, src_path_bits, static_rate, is_global, port_num;
};

struct ibv_qp_attr {
    int qp_state;
    int others[6];
    uint32_t dest_qp_num;
    int more[6];
    struct ibv_ah_attr ah_attr;
    uint8_t rest[56];
};

struct ibv_qp *ibv_create_qp(struct ibv_context *pd_context, void *init);
int ibv_modify_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask);
int ibv_destroy_qp(struct ibv_qp *qp);
