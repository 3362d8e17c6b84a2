package dev.mayfly.mesh.card;

/** The structures of infiniband/verbs.h, field by field in their order. */
final class Structs {
    static final String CONTEXT_FIELDS = """
            ptr device;
            ptr query_device query_port alloc_pd dealloc_pd reg_mr rereg_mr dereg_mr alloc_mw bind_mw dealloc_mw
                create_cq poll_cq req_notify_cq cq_event resize_cq destroy_cq create_srq modify_srq query_srq destroy_srq
                post_srq_recv create_qp query_qp modify_qp destroy_qp post_send post_recv create_ah destroy_ah
                attach_mcast detach_mcast async_event;
            u32 cmd_fd async_fd num_comp_vectors;
            mutex mutex;
            ptr abi_compat""";

    static final CStruct CONTEXT = CStruct.of(CONTEXT_FIELDS);

    static final CStruct VERBS_CONTEXT = CStruct.of("""
            ptr x_query_port advise_mr alloc_null_mr read_counters attach_counters create_counters destroy_counters
                reg_dm_mr alloc_dm free_dm modify_flow_action destroy_flow_action create_flow_action rate_limit
                alloc_parent_domain dealloc_td alloc_td modify_cq post_srq_ops destroy_ind create_ind destroy_wq modify_wq
                create_wq query_rt_values create_cq_ex priv query_device_ex destroy_flow placeholder2 create_flow
                placeholder1 open_qp create_qp_ex get_srq_num create_srq_ex open_xrcd close_xrcd;
            u64 placeholder3 sz;
            """ + CONTEXT_FIELDS);

    static final CStruct DEVICE = CStruct.of(
            "ptr alloc_context free_context; u32 node_type transport_type; u8*64 name dev_name; u8*256 dev_path ibdev_path");

    static final CStruct DEVICE_ATTR = CStruct.of("""
            u8*64 fw_ver; u64 node_guid sys_image_guid max_mr_size page_size_cap;
            u32 vendor_id vendor_part_id hw_ver max_qp max_qp_wr flags max_sge max_sge_rd max_cq max_cqe max_mr max_pd
                rd_atom ee_rd_atom res_rd_atom init_rd_atom ee_init_rd_atom atomic_cap max_ee max_rdd max_mw
                raw_ipv6 raw_ethy mcast_grp mcast_qp total_mcast max_ah max_fmr map_per_fmr max_srq max_srq_wr max_srq_sge;
            u16 max_pkeys; u8 ca_ack_delay phys_port_cnt""");

    /** Up to the clock. */
    static final CStruct DEVICE_ATTR_EX = CStruct.of("""
            u64*29 orig_attr; u32 comp_mask; u64 odp_general; u32*3 odp_per_transport;
            u64 completion_timestamp_mask hca_core_clock; u64*15 rest""");

    static final CStruct PORT = CStruct.of("""
            u32 state max_mtu active_mtu gid_tbl_len port_cap_flags max_msg_sz bad_pkey qkey_viol;
            u16 pkey_tbl_len lid sm_lid;
            u8 lmc max_vl sm_sl subnet_timeout init_type_reply active_width active_speed phys_state link_layer flags""");

    static final CStruct GID = CStruct.of("gid gid; u32 gid_index port_num gid_type ndev_ifindex");

    static final CStruct CQ_INIT = CStruct.of(
            "u32 cqe; ptr cq_context channel; u32 comp_vector; u64 wc_flags; u32 comp_mask flags; ptr parent");

    static final CStruct CQ = CStruct.of("""
            ptr context channel cq_context; u32 handle cqe; mutex mutex; cond cond; u32 completed async_completed;
            u32 comp_mask status; u64 wr_id;
            ptr start_poll next_poll end_poll read_opcode read_vendor_err read_byte_len read_imm read_qp_num read_src_qp
                read_wc_flags read_slid read_sl read_path_bits read_completion_ts read_cvlan read_flow_tag read_tm_info
                read_wallclock""");

    static final CStruct WC = CStruct.of("""
            u64 wr_id; u32 status opcode vendor_err byte_len imm_data qp_num src_qp wc_flags; u16 pkey slid;
            u8 sl path_bits""");

    static final CStruct QP = CStruct.of(
            "ptr context qp_context pd send_cq recv_cq srq; u32 handle qp_num state qp_type; mutex mutex; cond cond; u32 done");

    static final CStruct QP_INIT = CStruct.of("""
            ptr qp_context send_cq recv_cq srq; u32 max_send_wr max_recv_wr max_send_sge max_recv_sge max_inline;
            u32 qp_type sq_sig_all""");

    private static final String AH_FIELDS = """
            gid %1$sdgid; u32 %1$sflow_label; u8 %1$ssgid_index %1$shop_limit %1$straffic_class; u16 %1$sdlid;
            u8 %1$ssl %1$spath_bits %1$sstatic_rate %1$sis_global %1$sport; u8 %1$send
            """;

    static final CStruct AH = CStruct.of(AH_FIELDS.formatted(""));

    static final CStruct QP_ATTR = CStruct.of("""
            u32 qp_state cur_state path_mtu mig_state qkey rq_psn sq_psn dest_qp access;
            u32 max_send max_recv send_sge recv_sge inline;
            """ + AH_FIELDS.formatted("a_") + ";" + AH_FIELDS.formatted("b_") + """
            ; u16 pkey_index alt_pkey_index;
            u8 sqd draining rd_atomic dest_rd_atomic rnr_timer port_num timeout retry rnr_retry alt_port alt_timeout;
            u32 rate_limit""");

    static final CStruct SEND = CStruct.of("""
            u64 wr_id; ptr next sg_list; u32 num_sge opcode send_flags imm; ptr ah; u32 remote_qpn remote_qkey;
            u64*2 rest_of_atomic; u32 srqn; u64*6 rest""");

    static final CStruct RECEIVE = CStruct.of("u64 wr_id; ptr next sg_list; u32 num_sge");

    static final CStruct SGE = CStruct.of("u64 addr; u32 length lkey");

    static final CStruct MR = CStruct.of("ptr context pd addr; u64 length; u32 handle lkey rkey");

    static final CStruct CHANNEL = CStruct.of("ptr context; u32 fd refcnt");

    static final CStruct EVENT = CStruct.of("u64 element; u32 event_type");

    private Structs() {}
}
