package dev.mayfly.mesh.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshDoctorTest {
    private static final String DEVICE = "sys/class/infiniband/mlx5_0/ports/1/";
    private static final String NIC = "sys/class/net/eth1/";

    @TempDir
    Path root;

    private boolean portFree = true;
    private Optional<String> pfc = Optional.empty();

    private final Trials trials = new Trials() {
        @Override
        public boolean portIsFree() {
            return portFree;
        }

        @Override
        public Capability stamps() {
            return Capability.active(MeshDoctor.STAMPS, "kernel");
        }

        @Override
        public Capability tracing() {
            return Capability.unavailable("mesh-tracing", "not tried", "run as root");
        }

        @Override
        public List<Capability> verbs() {
            return List.of(Capability.active("mesh-verbs", "a queue pair was made"));
        }

        @Override
        public Optional<String> stampsOf(String networkInterface) {
            return Optional.of("everything");
        }

        @Override
        public Optional<String> priorityFlowControl(String networkInterface) {
            return pfc;
        }
    };

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private List<Capability> rows() {
        return new MeshDoctor(new HostFiles(root), trials).examine();
    }

    private Capability row(String name) {
        return rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void gid(int index, String address, String type) throws IOException {
        file(DEVICE + "gids/" + index, address);
        file(DEVICE + "gid_attrs/types/" + index, type);
        file(DEVICE + "gid_attrs/ndevs/" + index, "eth1");
    }

    @Test
    void a_host_without_anything_gets_a_reason_and_a_fix_for_each_row() {
        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
            assertThat(row.evidence()).isNotBlank();
            if (row.state() != CapabilityState.ACTIVE) {
                assertThat(row.fix()).as(row.name()).isNotBlank();
            }
        });
        assertThat(row("mesh-card").state()).isEqualTo(CapabilityState.UNAVAILABLE);
        assertThat(MeshDoctor.canProbe(rows())).isTrue();
    }

    @Test
    void of_many_gids_the_routed_one_of_version_2_is_named_with_its_index() throws IOException {
        file(DEVICE + "state", "4: ACTIVE");
        file(DEVICE + "link_layer", "Ethernet");
        gid(0, "fe80:0000:0000:0000:0a00:27ff:fe00:0001", "IB/RoCE v1");
        gid(1, "fe80:0000:0000:0000:0a00:27ff:fe00:0001", "RoCE v2");
        gid(2, "0000:0000:0000:0000:0000:ffff:0a00:0105", "IB/RoCE v1");
        gid(10, "0000:0000:0000:0000:0000:ffff:0a00:0105", "RoCE v2");
        gid(11, "0000:0000:0000:0000:0000:0000:0000:0000", "RoCE v2");
        assertThat(row("mesh-card").state()).isEqualTo(CapabilityState.ACTIVE);
        assertThat(row("mesh-gid").state()).isEqualTo(CapabilityState.ACTIVE);
        assertThat(row("mesh-gid").evidence()).contains("index 10", "10.0.1.5", "eth1", "4 GIDs");
    }

    @Test
    void link_local_addresses_and_version_1_are_not_enough() throws IOException {
        file(DEVICE + "state", "1: DOWN");
        file(DEVICE + "link_layer", "Ethernet");
        gid(1, "fe80:0000:0000:0000:0a00:27ff:fe00:0001", "RoCE v2");
        assertThat(row("mesh-card").state()).isEqualTo(CapabilityState.UNAVAILABLE);
        assertThat(row("mesh-gid").state()).isEqualTo(CapabilityState.DEGRADED);
        file(DEVICE + "gid_attrs/types/1", "IB/RoCE v1");
        assertThat(row("mesh-gid").state()).isEqualTo(CapabilityState.UNAVAILABLE);
    }

    @Test
    void an_interface_tells_how_much_fits_and_which_priorities_lose_nothing() throws IOException {
        file(NIC + "operstate", "up");
        file(NIC + "mtu", "4200");
        file(NIC + "device/vendor", "0x15b3");
        file(NIC + "ecn/roce_np/enable/3", "1");
        file(NIC + "ecn/roce_np/enable/4", "0");
        pfc = Optional.of("prio-pfc 0:off 3:on");
        assertThat(row("mesh-mtu").evidence()).contains("so 4096");
        assertThat(row("mesh-pfc").state()).isEqualTo(CapabilityState.ACTIVE);
        assertThat(row("mesh-ecn").evidence()).endsWith("[3]");
        file(NIC + "mtu", "1000");
        pfc = Optional.of("prio-pfc 0:off 3:off");
        assertThat(row("mesh-mtu").state()).isEqualTo(CapabilityState.DEGRADED);
        assertThat(row("mesh-pfc").state()).isEqualTo(CapabilityState.DEGRADED);
    }

    @Test
    void whoever_has_the_port_is_named() throws IOException {
        portFree = false;
        file(
                "proc/net/udp",
                "  sl  local_address rem_address   st\n"
                        + "  7: 0100000A:12B7 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0 0");
        file("proc/42/comm", "java");
        Files.createDirectories(root.resolve("proc/42/fd"));
        Files.createSymbolicLink(root.resolve("proc/42/fd/5"), Path.of("socket:[4711]"));
        assertThat(row("mesh-port").state()).isEqualTo(CapabilityState.DEGRADED);
        assertThat(row("mesh-port").evidence()).contains("java (process 42)");
        file("sys/module/rdma_rxe/refcnt", "0");
        assertThat(row("mesh-port").evidence()).contains("rdma_rxe");
        assertThat(MeshDoctor.canProbe(rows())).isFalse();
    }

    @Test
    void little_memory_to_pin_and_a_slow_clock_are_told() throws IOException {
        file(
                "proc/self/limits",
                "Limit   Soft Limit  Hard Limit  Units\nMax locked memory         65536    65536    bytes");
        file("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");
        assertThat(row("mesh-memlock").state()).isEqualTo(CapabilityState.DEGRADED);
        assertThat(row("mesh-clock").state()).isEqualTo(CapabilityState.DEGRADED);
        file("proc/self/limits", "Max locked memory         unlimited    unlimited    bytes");
        file("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
        assertThat(row("mesh-memlock").state()).isEqualTo(CapabilityState.ACTIVE);
        assertThat(row("mesh-clock").state()).isEqualTo(CapabilityState.ACTIVE);
    }
}
