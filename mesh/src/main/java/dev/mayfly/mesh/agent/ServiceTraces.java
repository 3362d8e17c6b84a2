package dev.mayfly.mesh.agent;

import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.ServiceFlow;
import dev.mayfly.mesh.exchange.ServicesSeen;
import dev.mayfly.mesh.service.Connection;
import dev.mayfly.mesh.service.ConnectionTable;
import dev.mayfly.mesh.service.Gids;
import dev.mayfly.mesh.service.ServiceWatch;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** The flows of services on this host, as they are right now. Safe for concurrent use. */
public final class ServiceTraces implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 65_536;

    private final ServiceWatch watch;
    private final Tracing.Running running;
    private final Set<IpAddress> cards;

    /**
     * How services are seen.
     *
     * @param alive whether a process with this number may still be there
     */
    public record Means(Tracing tracing, Gids gids, IntPredicate alive) {}

    private ServiceTraces(ServiceWatch watch, Tracing.Running running, Set<IpAddress> cards) {
        this.watch = watch;
        this.running = running;
        this.cards = cards;
    }

    /**
     * @param cards addresses that the agent probes from; services on others have no use for it
     * @param changed hears on the thread of the tracing whenever something may have changed
     */
    static ServiceTraces start(Means means, Set<IpAddress> cards, Runnable changed, Log log) {
        ServiceWatch watch = new ServiceWatch(
                new ConnectionTable(means.gids(), MOST_CONNECTIONS), new Voice(changed, log), means.alive());
        return new ServiceTraces(watch, means.tracing().start(watch), Set.copyOf(cards));
    }

    /** Several connections may share a flow; it is told once. */
    ServicesSeen seen() {
        ServiceWatch.Standing standing = watch.standing();
        Map<Flow, ServiceFlow> flows = new LinkedHashMap<>();
        for (Connection each : standing.live()) {
            Flow flow = new Flow(each.from(), each.to(), each.sourcePort());
            if (cards.contains(flow.from()) && !cards.contains(flow.to()) && flows.size() < ServicesSeen.MOST) {
                flows.putIfAbsent(flow, new ServiceFlow(flow, each.tuple().command()));
            }
        }
        return new ServicesSeen(
                List.copyOf(flows.values()), standing.unrouted() + standing.overflow(), standing.lost(), 0);
    }

    @Override
    public void close() {
        running.close();
    }

    private record Voice(Runnable changed, Log log) implements ServiceWatch.Listener {
        @Override
        public void changed(ConnectionTable.Change change) {
            changed.run();
            Connection connection = change.connection();
            log.debug()
                    .with("from", connection.from())
                    .with("to", connection.to())
                    .with("port", connection.sourcePort())
                    .with("command", connection.tuple().command())
                    .log(change.began() ? "a connection of a service began" : "a connection of a service ended");
        }

        @Override
        public void lost(long events) {
            log.warn().with("events", events).log("services do more than is read; connections of them may be missing");
        }
    }
}
