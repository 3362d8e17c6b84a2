package dev.mayfly.mesh.verbs;

/**
 * Where libibverbs has what, in its own structures on 64 bits: {@code infiniband/verbs.h} of rdma-core, unchanged since its
 * release 14. {@code VerbsLayoutTest} compares it with the header where that is installed.
 */
final class VerbsLayout {
    /** In struct ibv_qp. */
    static final int QP_CONTEXT = 0;

    static final int QP_NUMBER = 52;
    static final int QP_TYPE = 60;

    /** In struct ibv_context, and in the struct ibv_device behind that. */
    static final int CONTEXT_DEVICE = 0;

    static final int DEVICE_NAME = 24;
    static final int DEVICE_NAME_BYTES = 64;

    /** In struct ibv_qp_attr. */
    static final int ATTR_STATE = 0;

    static final int ATTR_REMOTE_QP = 28;
    static final int ATTR_REMOTE_GID = 56;
    /** Flow label of 4 bytes, index of the GID, hop limit, traffic class, a byte of nothing. */
    static final int ATTR_ROUTE = 72;

    static final int ATTR_ROUTE_BYTES = 8;
    static final int ATTR_PORT = 86;

    private VerbsLayout() {}
}
