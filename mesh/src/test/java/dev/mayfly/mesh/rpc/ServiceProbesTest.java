package dev.mayfly.mesh.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.AgentSettings;
import dev.mayfly.mesh.agent.ControllerLink;
import dev.mayfly.mesh.agent.HostSockets;
import dev.mayfly.mesh.agent.Load;
import dev.mayfly.mesh.agent.ServiceTraces;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.ControllerOptions;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.judge.JudgeOptions;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.service.ConnectionTuple;
import dev.mayfly.mesh.service.Gid;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.service.VerbsEvent;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.rpc.Tls;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.Needs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

    private final IpAddress here = address();
    private final IpAddress there = address();
    private final Flow flow = new Flow(here, there, PORT);
    /** Flows that a probe was answered on. */
    private final Set<Flow> answered = ConcurrentHashMap.newKeySet();

    private final AtomicReference<Tracing.Sink> sink = new AtomicReference<>();
    private SqliteStore store;
    private Controller controller;
    private ControllerServer server;

    private static IpAddress address() {
        return IpAddress.v4(0x7F000000 | new Random().nextInt(0x20000, 0xFFFFFF));
    }

    @BeforeEach
    void start() {
        Needs.linux();
        store = SqliteStore.open(
                temp.resolve("mesh.db"), Registry.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
        ControllerOptions options = new ControllerOptions(
                new PinglistOptions(2, 0.99, 5, 10, 1),
                JudgeOptions.USUAL,
                Pace.USUAL,
                Duration.ofMinutes(15),
                Map.of());
        controller = new Controller(new Registry(store), options, Ticker.system(), Clock.systemUTC(), Log.off());
        server = ControllerServer.start(
                controller, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty(), Tls.NONE);
    }

    @AfterEach
    void end() {
        server.close();
        controller.close();
        store.close();
    }

    /** Looks at what is reported on its way. */
    private record Overheard(ControllerLink link, Set<Flow> answered) implements ControllerLink {
        @Override
        public Pace register(Registration registration) {
            return link.register(registration);
        }

        @Override
        public boolean report(AgentReport report) {
            report.rows().stream()
                    .filter(row -> row.counts().of(Verdict.OK) + row.counts().of(Verdict.LATE) > 0)
                    .forEach(row -> answered.add(row.flow()));
            return link.report(report);
        }

        @Override
        public Runnable watchPinglists(String agent, Consumer<Pinglist> lists, Runnable ended) {
            return link.watchPinglists(agent, lists, ended);
        }

        @Override
        public void close() {
            link.close();
        }
    }

    private Agent agent(String name, IpAddress address, Optional<ServiceTraces.Means> services) {
        AgentSettings settings = new AgentSettings(
                name,
                name,
                List.of(new AgentSettings.Outlet(address, "lo", "rack", 2)),
                AgentSettings.Budget.USUAL,
                AgentSettings.Protection.USUAL);
        return Agent.start(
                settings,
                new Agent.Parts(
                        new HostSockets(Ticker.system(), Log.off()),
                        () -> new Overheard(
                                RemoteController.lazy("127.0.0.1", server.port(), Optional.empty(), Tls.NONE),
                                answered),
                        Load.unknown(),
                        Ticker.system(),
                        new Random(),
                        Log.off(),
                        services));
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

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private boolean asked() {
        return controller.pinglists("a").stream()
                .flatMap(list -> list.targets().stream())
                .anyMatch(target -> target.sourcePorts().contains(PORT));
    }

    @Test
    void a_connection_of_a_service_is_probed_from_its_own_port_for_as_long_as_it_lives() throws Exception {
        try (Agent a = agent("a", here, Optional.of(means()));
                Agent b = agent("b", there, Optional.empty())) {
            await("agents probe each other", () -> a.connected() && b.connected() && answered.size() >= 4);
            assertThat(answered).doesNotContain(flow);
            long began = System.nanoTime();
            sink.get().happened(event(ConnectionTuple.CHANGED, 2, 1 | 1 << 7 | 1 << 20));
            await("an answer on the path of the service", () -> answered.contains(flow));
            System.out.printf(
                    "a probe on the path of a service was answered, and that reported, %d ms after its connection%n",
                    (System.nanoTime() - began) / 1_000_000);
            assertThat(controller.totals().services()).isEqualTo(1);

            sink.get().happened(event(ConnectionTuple.DESTROYED, 0, 0));
            await("it is probed no more", () -> !asked() && controller.totals().services() == 0);
        }
        assertThat(sink.get()).isNull();
    }

    @Test
    void an_agent_that_is_to_see_services_and_cannot_does_not_start() {
        Tracing none = _ -> {
            throw new MayflyException(ErrorCode.TRACING_UNAVAILABLE, "no", "because", "do this");
        };
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> agent(
                        "a",
                        here,
                        Optional.of(new ServiceTraces.Means(none, (d, p, i) -> Optional.empty(), _ -> true))))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("no");
        // Its ports are free again.
        agent("a", here, Optional.empty()).close();
    }
}
