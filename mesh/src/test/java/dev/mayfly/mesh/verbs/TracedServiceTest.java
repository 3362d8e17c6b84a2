package dev.mayfly.mesh.verbs;

import static dev.mayfly.mesh.rpc.LoopbackMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.ServiceTraces;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.rpc.LoopbackMesh;
import dev.mayfly.mesh.service.Gid;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of it at once: a process calls its library, the kernel tells, the agent of its host reports, the controller asks, and the
 * path of the process is probed and answered. The library is one of ours, and the network is loopback.
 */
class TracedServiceTest {
    private static final int LABEL = 0x12345;
    /** The port that cards make of this label. */
    private static final int PORT = 0xE341;

    @TempDir
    static Path folder;

    private final IpAddress here = LoopbackMesh.address();
    private final IpAddress there = LoopbackMesh.address();

    @BeforeAll
    static void build() throws Exception {
        TestService.build(folder);
        Capability tracing = VerbsDoctor.row();
        Needs.that(tracing.state() == CapabilityState.ACTIVE, "uprobes", tracing.evidence());
    }

    private ServiceTraces.Means means() {
        VerbsOptions options =
                new VerbsOptions(1 << 20, Duration.ofMillis(50), List.of(folder.resolve("libibverbs.so.1")), Set.of());
        return new ServiceTraces.Means(
                new VerbsTracer(options, Log.off()),
                (device, port, index) -> device.equals("mfx0") ? Optional.of(Gid.of(here)) : Optional.empty(),
                VerbsTracer.alive());
    }

    @Test
    void what_a_process_connects_is_probed_on_its_own_path_until_the_process_is_gone(@TempDir Path home)
            throws Exception {
        Flow flow = new Flow(here, there, PORT);
        try (LoopbackMesh mesh = new LoopbackMesh(home);
                Agent a = mesh.agent("a", here, Optional.of(means()));
                Agent b = mesh.agent("b", there, Optional.empty());
                TestService service = TestService.start(folder)) {
            await(
                    "agents probe each other",
                    () -> a.connected() && b.connected() && mesh.answered().size() >= 4);
            assertThat(mesh.answered()).doesNotContain(flow);

            int queuePair = service.create();
            service.connect(queuePair, Gid.of(there), LABEL, 0x77, 3);
            await("an answer on the path of the process", () -> mesh.answered().contains(flow));
            assertThat(mesh.controller().totals().services()).isEqualTo(1);

            service.close();
            await(
                    "a path of nobody is probed no more",
                    () -> !mesh.asked("a", PORT) && mesh.controller().totals().services() == 0);
        }
    }
}
