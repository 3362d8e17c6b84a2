package dev.mayfly.mesh.rpc;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.rpc.Tls;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A controller, and agents with addresses of loopback that nobody else has. What they report is overheard on its way. */
public final class LoopbackMesh implements AutoCloseable {
    /** Flows that a probe was answered on. */
    private final Set<Flow> answered = ConcurrentHashMap.newKeySet();

    private final SqliteStore store;
    private final Controller controller;
    private final ControllerServer server;

    public LoopbackMesh(Path folder) {
        store = SqliteStore.open(
                folder.resolve("mesh.db"), Registry.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
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

    public static IpAddress address() {
        return IpAddress.v4(0x7F000000 | new Random().nextInt(0x20000, 0xFFFFFF));
    }

    public Controller controller() {
        return controller;
    }

    public Set<Flow> answered() {
        return answered;
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

    public Agent agent(String name, IpAddress address, Optional<ServiceTraces.Means> services) {
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

    /** Whether an agent is asked to probe from a port. */
    public boolean asked(String agent, int port) {
        return controller.pinglists(agent).stream()
                .flatMap(list -> list.targets().stream())
                .anyMatch(target -> target.sourcePorts().contains(port));
    }

    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        server.close();
        controller.close();
        store.close();
    }
}
