package dev.mayfly.platform.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.platform.linux.Machine;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every number of {@link Layout}, as a C compiler finds it in the headers of rdma-core. */
class LayoutTest {
    private static final Path HEADER = Path.of("/usr/include/infiniband/verbs.h");
    private static final int SECONDS = 60;

    @TempDir
    Path folder;

    /** Where a field is, or what a constant is, in C. */
    private final Map<String, Long> expected = new HashMap<>();

    private void field(String struct, String field, long at) {
        expected.put("(long)offsetof(struct " + struct + ", " + field + ")", at);
    }

    /** Of the context as a whole, counted from the part that others see. */
    private void before(String field, long at) {
        expected.put(
                "(long)offsetof(struct verbs_context, " + field + ") - (long)offsetof(struct verbs_context, context)",
                at);
    }

    private void size(String struct, long bytes) {
        expected.put("(long)sizeof(struct " + struct + ")", bytes);
    }

    private void constant(String name, long value) {
        expected.put("(long)" + name, value);
    }

    private void contexts() {
        field("ibv_context", "ops.poll_cq", Layout.Context.POLL_CQ);
        field("ibv_context", "ops.req_notify_cq", Layout.Context.REQ_NOTIFY_CQ);
        field("ibv_context", "ops.post_send", Layout.Context.POST_SEND);
        field("ibv_context", "ops.post_recv", Layout.Context.POST_RECV);
        field("ibv_context", "async_fd", Layout.Context.ASYNC_FD);
        field("ibv_context", "abi_compat", Layout.Context.ABI_COMPAT);
        size("ibv_context", Layout.Context.BYTES);
        before("sz", Layout.Context.TABLE_BYTES);
        before("query_device_ex", Layout.Context.QUERY_DEVICE_EX);
        before("create_cq_ex", Layout.Context.CREATE_CQ_EX);
        field("ibv_device_attr", "phys_port_cnt", Layout.Device.PORTS);
        size("ibv_device_attr", Layout.Device.BYTES);
        field("ibv_device_attr_ex", "completion_timestamp_mask", Layout.Device.CLOCK_MASK);
        field("ibv_device_attr_ex", "hca_core_clock", Layout.Device.CLOCK_KHZ);
        size("ibv_device_attr_ex", Layout.Device.BYTES_EX);
        field("ibv_port_attr", "state", Layout.Port.STATE);
        field("ibv_port_attr", "link_layer", Layout.Port.LINK_LAYER);
        size("ibv_port_attr", Layout.Port.BYTES);
        constant("IBV_PORT_ACTIVE", Layout.Port.ACTIVE);
        constant("IBV_LINK_LAYER_ETHERNET", Layout.Port.ETHERNET);
        field("ibv_gid_entry", "gid_index", Layout.Gid.INDEX);
        field("ibv_gid_entry", "port_num", Layout.Gid.PORT);
        field("ibv_gid_entry", "gid_type", Layout.Gid.TYPE);
        size("ibv_gid_entry", Layout.Gid.BYTES);
        constant("IBV_GID_TYPE_ROCE_V2", Layout.Gid.ROCE_V2);
    }

    private void completions() {
        field("ibv_cq_init_attr_ex", "cqe", Layout.CqInit.ENTRIES);
        field("ibv_cq_init_attr_ex", "channel", Layout.CqInit.CHANNEL);
        field("ibv_cq_init_attr_ex", "wc_flags", Layout.CqInit.WANTED);
        size("ibv_cq_init_attr_ex", Layout.CqInit.BYTES);
        constant("IBV_WC_EX_WITH_BYTE_LEN", Layout.CqInit.BYTE_LEN);
        constant("IBV_WC_EX_WITH_SRC_QP", Layout.CqInit.SRC_QP);
        constant("IBV_WC_EX_WITH_COMPLETION_TIMESTAMP", Layout.CqInit.TICKS);
        constant("IBV_WC_EX_WITH_COMPLETION_TIMESTAMP_WALLCLOCK", Layout.CqInit.WALLCLOCK);
        field("ibv_cq_ex", "status", Layout.CqEx.STATUS);
        field("ibv_cq_ex", "wr_id", Layout.CqEx.WR_ID);
        field("ibv_cq_ex", "start_poll", Layout.CqEx.START_POLL);
        field("ibv_cq_ex", "next_poll", Layout.CqEx.NEXT_POLL);
        field("ibv_cq_ex", "end_poll", Layout.CqEx.END_POLL);
        field("ibv_cq_ex", "read_byte_len", Layout.CqEx.READ_BYTE_LEN);
        field("ibv_cq_ex", "read_src_qp", Layout.CqEx.READ_SRC_QP);
        field("ibv_cq_ex", "read_wc_flags", Layout.CqEx.READ_WC_FLAGS);
        field("ibv_cq_ex", "read_completion_ts", Layout.CqEx.READ_TICKS);
        field("ibv_cq_ex", "read_completion_wallclock_ns", Layout.CqEx.READ_WALLCLOCK);
        size("ibv_cq_ex", Layout.CqEx.BYTES);
        field("ibv_wc", "wr_id", Layout.Wc.WR_ID);
        field("ibv_wc", "status", Layout.Wc.STATUS);
        field("ibv_wc", "byte_len", Layout.Wc.BYTE_LEN);
        field("ibv_wc", "src_qp", Layout.Wc.SRC_QP);
        field("ibv_wc", "wc_flags", Layout.Wc.FLAGS);
        size("ibv_wc", Layout.Wc.BYTES);
        constant("IBV_WC_GRH", Layout.Wc.GRH);
    }

    private void pairs() {
        field("ibv_qp", "qp_num", Layout.Qp.NUMBER);
        size("ibv_qp", Layout.Qp.BYTES);
        field("ibv_qp_init_attr", "send_cq", Layout.Qp.INIT_SEND_CQ);
        field("ibv_qp_init_attr", "recv_cq", Layout.Qp.INIT_RECV_CQ);
        field("ibv_qp_init_attr", "cap.max_send_wr", Layout.Qp.INIT_MAX_SEND);
        field("ibv_qp_init_attr", "cap.max_recv_wr", Layout.Qp.INIT_MAX_RECV);
        field("ibv_qp_init_attr", "cap.max_send_sge", Layout.Qp.INIT_MAX_SEND_SGE);
        field("ibv_qp_init_attr", "cap.max_recv_sge", Layout.Qp.INIT_MAX_RECV_SGE);
        field("ibv_qp_init_attr", "qp_type", Layout.Qp.INIT_TYPE);
        field("ibv_qp_init_attr", "sq_sig_all", Layout.Qp.INIT_SIGNAL_ALL);
        size("ibv_qp_init_attr", Layout.Qp.INIT_BYTES);
        constant("IBV_QPT_UD", Layout.Qp.UD);
        field("ibv_qp_attr", "qp_state", Layout.Qp.ATTR_STATE);
        field("ibv_qp_attr", "qkey", Layout.Qp.ATTR_QKEY);
        field("ibv_qp_attr", "sq_psn", Layout.Qp.ATTR_SQ_PSN);
        field("ibv_qp_attr", "pkey_index", Layout.Qp.ATTR_PKEY_INDEX);
        field("ibv_qp_attr", "port_num", Layout.Qp.ATTR_PORT);
        size("ibv_qp_attr", Layout.Qp.ATTR_BYTES);
        constant("IBV_QPS_INIT", Layout.Qp.TO_INIT);
        constant("IBV_QPS_RTR", Layout.Qp.TO_RTR);
        constant("IBV_QPS_RTS", Layout.Qp.TO_RTS);
        constant("IBV_QP_STATE", Layout.Qp.MASK_STATE);
        constant("IBV_QP_PKEY_INDEX", Layout.Qp.MASK_PKEY_INDEX);
        constant("IBV_QP_PORT", Layout.Qp.MASK_PORT);
        constant("IBV_QP_QKEY", Layout.Qp.MASK_QKEY);
        constant("IBV_QP_SQ_PSN", Layout.Qp.MASK_SQ_PSN);
    }

    private void work() {
        field("ibv_ah_attr", "grh.dgid", Layout.Ah.TARGET);
        field("ibv_ah_attr", "grh.flow_label", Layout.Ah.FLOW_LABEL);
        field("ibv_ah_attr", "grh.sgid_index", Layout.Ah.SOURCE_INDEX);
        field("ibv_ah_attr", "grh.hop_limit", Layout.Ah.HOPS);
        field("ibv_ah_attr", "grh.traffic_class", Layout.Ah.TRAFFIC_CLASS);
        field("ibv_ah_attr", "is_global", Layout.Ah.GLOBAL);
        field("ibv_ah_attr", "port_num", Layout.Ah.PORT);
        size("ibv_ah_attr", Layout.Ah.BYTES);
        field("ibv_send_wr", "wr_id", Layout.Work.ID);
        field("ibv_send_wr", "sg_list", Layout.Work.PIECES);
        field("ibv_send_wr", "num_sge", Layout.Work.PIECE_COUNT);
        field("ibv_send_wr", "opcode", Layout.Work.OPCODE);
        field("ibv_send_wr", "send_flags", Layout.Work.FLAGS);
        field("ibv_send_wr", "wr.ud.ah", Layout.Work.AH);
        field("ibv_send_wr", "wr.ud.remote_qpn", Layout.Work.REMOTE_QP);
        field("ibv_send_wr", "wr.ud.remote_qkey", Layout.Work.REMOTE_QKEY);
        size("ibv_send_wr", Layout.Work.SEND_BYTES);
        field("ibv_recv_wr", "wr_id", Layout.Work.ID);
        field("ibv_recv_wr", "sg_list", Layout.Work.PIECES);
        field("ibv_recv_wr", "num_sge", Layout.Work.PIECE_COUNT);
        size("ibv_recv_wr", Layout.Work.RECEIVE_BYTES);
        constant("IBV_WR_SEND", Layout.Work.SEND);
        constant("IBV_SEND_SIGNALED", Layout.Work.SIGNALED);
        field("ibv_sge", "addr", Layout.Work.PIECE_ADDRESS);
        field("ibv_sge", "length", Layout.Work.PIECE_LENGTH);
        field("ibv_sge", "lkey", Layout.Work.PIECE_KEY);
        size("ibv_sge", Layout.Work.PIECE_BYTES);
        field("ibv_mr", "lkey", Layout.Rest.MR_KEY);
        size("ibv_mr", Layout.Rest.MR_BYTES);
        field("ibv_comp_channel", "fd", Layout.Rest.CHANNEL_FD);
        size("ibv_comp_channel", Layout.Rest.CHANNEL_BYTES);
        field("ibv_async_event", "element", Layout.Rest.EVENT_ELEMENT);
        field("ibv_async_event", "event_type", Layout.Rest.EVENT_TYPE);
        size("ibv_async_event", Layout.Rest.EVENT_BYTES);
        constant("IBV_ACCESS_LOCAL_WRITE", Layout.Rest.LOCAL_WRITE);
    }

    @Test
    void all_numbers_are_those_of_the_headers() throws IOException, InterruptedException {
        Needs.linux();
        Needs.that(Machine.current() == Machine.X86_64, "verbs", "its structures are known for x86-64 only");
        Needs.that(Files.exists(HEADER), "libibverbs-dev", HEADER + " is missing");
        Path compiler = Needs.command("gcc");
        contexts();
        completions();
        pairs();
        work();
        StringBuilder source =
                new StringBuilder("#include <infiniband/verbs.h>\n#include <stddef.h>\n#include <stdio.h>\n");
        source.append("int main(void) {\n");
        expected.keySet()
                .forEach(what -> source.append("printf(\"%s=%ld\\n\", \"")
                        .append(what)
                        .append("\", ")
                        .append(what)
                        .append(");\n"));
        Files.writeString(folder.resolve("layout.c"), source.append("return 0; }\n"));
        run(
                compiler.toString(),
                "-o",
                folder.resolve("layout").toString(),
                folder.resolve("layout.c").toString());
        Map<String, Long> found = new HashMap<>();
        for (String line : run(folder.resolve("layout").toString()).split("\n")) {
            int at = line.lastIndexOf('=');
            found.put(line.substring(0, at), Long.valueOf(line.substring(at + 1)));
        }
        assertThat(found).isEqualTo(expected).hasSizeGreaterThan(100);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
