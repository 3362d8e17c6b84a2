package dev.mayfly.mesh.rpc;

import static dev.mayfly.mesh.rpc.LoopbackMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.ServiceTraces;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.service.ConnectionTuple;
import dev.mayfly.mesh.service.Gid;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.service.VerbsEvent;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.testkit.Needs;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents and a controller over loopback; what services do is made up, all else is as it is. */
class ServiceProbesTest {
    private static final int PORT = 0xE341;
    private static final int LABEL = 0x12345;

    @TempDir
    Path temp;

    private final IpAddress here = LoopbackMesh.address();
    private final IpAddress there = LoopbackMesh.address();
    private final Flow flow = new Flow(here, there, PORT);
    private final AtomicReference<Tracing.Sink> sink = new AtomicReference<>();
    private LoopbackMesh mesh;

    @BeforeEach
    void start() {
        Needs.linux();
        mesh = new LoopbackMesh(temp);
    }

    @AfterEach
    void end() {
        mesh.close();
    }

    private ServiceTraces.Means means() {
        Tracing tracing = taker -> {
            sink.set(taker);
            return new Tracing.Running() {
                @Override
                public int libraries() {
                    return 1;
                }

                @Override
                public void close() {
                    sink.set(null);
                }
            };
        };
        return new ServiceTraces.Means(tracing, (device, port, index) -> Optional.of(Gid.of(here)), _ -> true);
    }

    private VerbsEvent event(int event, int state, int mask) {
        ConnectionTuple tuple = new ConnectionTuple(1, Gid.NONE, Gid.of(there), 7, 8, 9, 9, state, event, 1, "trainer");
        return new VerbsEvent(tuple, 1, mask, 2, LABEL, 0, 1, "mfx0");
    }

    private void connects() {
        sink.get().happened(event(ConnectionTuple.CHANGED, 2, 1 | 1 << 7 | 1 << 20));
    }

    @Test
    void a_connection_of_a_service_is_probed_from_its_own_port_for_as_long_as_it_lives() throws Exception {
        try (Agent a = mesh.agent("a", here, Optional.of(means()));
                Agent b = mesh.agent("b", there, Optional.empty())) {
            await(
                    "agents probe each other",
                    () -> a.connected() && b.connected() && mesh.answered().size() >= 4);
            assertThat(mesh.answered()).doesNotContain(flow);
            long began = System.nanoTime();
            connects();
            await("an answer on the path of the service", () -> mesh.answered().contains(flow));
            System.out.printf(
                    "a probe on the path of a service was answered, and that reported, %d ms after its connection%n",
                    (System.nanoTime() - began) / 1_000_000);
            assertThat(mesh.controller().totals().services()).isEqualTo(1);
            assertThat(mesh.controller().totals().portsMissing()).isZero();

            sink.get().happened(event(ConnectionTuple.DESTROYED, 0, 0));
            await(
                    "it is probed no more",
                    () -> !mesh.asked("a", PORT) && mesh.controller().totals().services() == 0);
        }
        assertThat(sink.get()).isNull();
    }

    @Test
    void a_port_that_another_program_has_is_told_and_not_just_left_out() throws Exception {
        InetAddress taken = InetAddress.getByName(here.toString());
        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(taken, PORT));
                Agent a = mesh.agent("a", here, Optional.of(means()));
                Agent b = mesh.agent("b", there, Optional.empty())) {
            assertThat(other.isBound()).isTrue();
            await("agents are connected", () -> a.connected() && b.connected());
            connects();
            await(
                    "the port is told to be missing",
                    () -> mesh.controller().totals().portsMissing() == 1);
            assertThat(mesh.controller().coverage().shortfalls())
                    .anySatisfy(each -> assertThat(each).contains("agent a cannot have 1 source ports of services"));
            sink.get().happened(event(ConnectionTuple.DESTROYED, 0, 0));
            await("nobody wants it any more", () -> mesh.controller().totals().portsMissing() == 0);
            assertThat(mesh.answered()).doesNotContain(flow);
        }
    }

    @Test
    void an_agent_that_is_to_see_services_and_cannot_does_not_start() {
        Tracing none = _ -> {
            throw new MayflyException(ErrorCode.TRACING_UNAVAILABLE, "no", "because", "do this");
        };
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> mesh.agent(
                        "a",
                        here,
                        Optional.of(new ServiceTraces.Means(none, (d, p, i) -> Optional.empty(), _ -> true))))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("no");
        // Its ports are free again.
        mesh.agent("a", here, Optional.empty()).close();
    }
}
