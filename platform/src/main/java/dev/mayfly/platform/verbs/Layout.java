package dev.mayfly.platform.verbs;

/**
 * Where things lie in the structures of libibverbs ({@code infiniband/verbs.h} of rdma-core), for x86-64 with glibc: they
 * hold mutexes, whose size differs elsewhere. What the library has promised to keep is kept since 2009; structures grow at
 * their ends, and the table of newer calls grows downwards in front of the context. {@code LayoutTest} holds every number
 * against the headers where there are any.
 */
final class Layout {
    private Layout() {}

    /** struct ibv_context. Calls that the header inlines are pointers in it; the last four lie in front of it. */
    static final class Context {
        static final long POLL_CQ = 96;
        static final long REQ_NOTIFY_CQ = 104;
        static final long POST_SEND = 208;
        static final long POST_RECV = 216;
        static final long ASYNC_FD = 268;
        static final long ABI_COMPAT = 320;
        static final long BYTES = 328;

        /** What {@code abi_compat} says when there is a table in front. */
        static final long EXTENDED = -1;

        static final long TABLE_BYTES = -8;
        static final long QUERY_DEVICE_EX = -104;
        static final long CREATE_CQ_EX = -120;

        private Context() {}
    }

    /** struct ibv_device_attr and ibv_device_attr_ex. */
    static final class Device {
        static final long PORTS = 227;
        static final long BYTES = 232;
        static final long CLOCK_MASK = 264;
        static final long CLOCK_KHZ = 272;
        static final long BYTES_EX = 400;

        private Device() {}
    }

    /** struct ibv_port_attr; the exported call fills in the first 48 bytes. */
    static final class Port {
        static final long STATE = 0;
        static final long LINK_LAYER = 46;
        static final long BYTES = 52;

        static final int ACTIVE = 4;
        static final int ETHERNET = 2;

        private Port() {}
    }

    /** struct ibv_gid_entry. */
    static final class Gid {
        static final long INDEX = 16;
        static final long PORT = 20;
        static final long TYPE = 24;
        static final long BYTES = 32;

        static final int ROCE_V2 = 2;

        private Gid() {}
    }

    /** struct ibv_cq_init_attr_ex. */
    static final class CqInit {
        static final long ENTRIES = 0;
        static final long CHANNEL = 16;
        static final long WANTED = 32;
        static final long BYTES = 56;

        static final long BYTE_LEN = 1;
        static final long SRC_QP = 8;
        static final long TICKS = 128;
        static final long WALLCLOCK = 2048;

        private CqInit() {}
    }

    /** struct ibv_cq_ex. */
    static final class CqEx {
        static final long STATUS = 132;
        static final long WR_ID = 136;
        static final long START_POLL = 144;
        static final long NEXT_POLL = 152;
        static final long END_POLL = 160;
        static final long READ_BYTE_LEN = 184;
        static final long READ_SRC_QP = 208;
        static final long READ_WC_FLAGS = 216;
        static final long READ_TICKS = 248;
        static final long READ_WALLCLOCK = 280;
        static final long BYTES = 288;

        private CqEx() {}
    }

    /** struct ibv_wc. */
    static final class Wc {
        static final long WR_ID = 0;
        static final long STATUS = 8;
        static final long BYTE_LEN = 20;
        static final long SRC_QP = 32;
        static final long FLAGS = 36;
        static final long BYTES = 48;

        static final int GRH = 1;

        private Wc() {}
    }

    /** struct ibv_qp, ibv_qp_init_attr and ibv_qp_attr. */
    static final class Qp {
        static final long NUMBER = 52;
        static final long BYTES = 160;

        static final long INIT_SEND_CQ = 8;
        static final long INIT_RECV_CQ = 16;
        static final long INIT_MAX_SEND = 32;
        static final long INIT_MAX_RECV = 36;
        static final long INIT_MAX_SEND_SGE = 40;
        static final long INIT_MAX_RECV_SGE = 44;
        static final long INIT_TYPE = 52;
        static final long INIT_SIGNAL_ALL = 56;
        static final long INIT_BYTES = 64;

        static final int UD = 4;

        static final long ATTR_STATE = 0;
        static final long ATTR_QKEY = 16;
        static final long ATTR_SQ_PSN = 24;
        static final long ATTR_PKEY_INDEX = 120;
        static final long ATTR_PORT = 129;
        static final long ATTR_BYTES = 144;

        static final int TO_INIT = 1;
        static final int TO_RTR = 2;
        static final int TO_RTS = 3;
        static final int MASK_STATE = 1;
        static final int MASK_PKEY_INDEX = 16;
        static final int MASK_PORT = 32;
        static final int MASK_QKEY = 64;
        static final int MASK_SQ_PSN = 65536;

        private Qp() {}
    }

    /** struct ibv_ah_attr. */
    static final class Ah {
        static final long TARGET = 0;
        static final long FLOW_LABEL = 16;
        static final long SOURCE_INDEX = 20;
        static final long HOPS = 21;
        static final long TRAFFIC_CLASS = 22;
        static final long GLOBAL = 29;
        static final long PORT = 30;
        static final long BYTES = 32;

        private Ah() {}
    }

    /** struct ibv_send_wr, ibv_recv_wr and ibv_sge. */
    static final class Work {
        static final long ID = 0;
        static final long PIECES = 16;
        static final long PIECE_COUNT = 24;
        static final long OPCODE = 28;
        static final long FLAGS = 32;
        static final long AH = 40;
        static final long REMOTE_QP = 48;
        static final long REMOTE_QKEY = 52;
        static final long SEND_BYTES = 128;
        static final long RECEIVE_BYTES = 32;

        static final int SEND = 2;
        static final int SIGNALED = 2;

        static final long PIECE_ADDRESS = 0;
        static final long PIECE_LENGTH = 8;
        static final long PIECE_KEY = 12;
        static final long PIECE_BYTES = 16;

        private Work() {}
    }

    /** struct ibv_mr, ibv_comp_channel and ibv_async_event. */
    static final class Rest {
        static final long MR_KEY = 36;
        static final long MR_BYTES = 48;
        static final long CHANNEL_FD = 8;
        static final long CHANNEL_BYTES = 16;
        static final long EVENT_ELEMENT = 0;
        static final long EVENT_TYPE = 8;
        static final long EVENT_BYTES = 16;

        static final int LOCAL_WRITE = 1;

        private Rest() {}
    }
}
