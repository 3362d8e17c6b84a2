package dev.mayfly.app.fleet;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.metrics.FleetMetrics;
import dev.mayfly.app.metrics.Listen;
import dev.mayfly.app.metrics.MetricsServer;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.service.FleetEvents;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.service.StartHistory;
import java.util.List;
import java.util.Optional;

/** What a fleet's server measures about itself, and where that is read. */
final class FleetMetering implements AutoCloseable {
    private final FleetMetrics metrics = new FleetMetrics();
    private final Optional<MetricsServer> server;

    private FleetMetering(Listen listen, boolean asked, Log log) {
        this.server = switch (listen) {
            case Listen.Off() -> Optional.empty();
            case Listen.At at -> open(at, asked, log);
        };
    }

    static FleetMetering open(FleetWords words, FleetSession session, Log log) {
        Optional<Listen> typed = words.text("--metrics").map(FleetMetering::listen);
        return new FleetMetering(
                typed.orElseGet(() -> session.settings().config().get(SettingKeys.FLEET_METRICS_LISTEN)),
                typed.isPresent(),
                log);
    }

    private static Listen listen(String typed) {
        if (typed.equals("off")) {
            return new Listen.Off();
        }
        HostPort at = HostPort.parse("--metrics", typed);
        return new Listen.At(at.host(), at.port());
    }

    /** One that was not asked for may be missing: a second fleet on the same machine works without. */
    private Optional<MetricsServer> open(Listen.At at, boolean asked, Log log) {
        try {
            return Optional.of(MetricsServer.open(at, metrics, log));
        } catch (MayflyException e) {
            if (asked) {
                throw e;
            }
            log.warn().with("why", e.why()).with("fix", e.fix()).log(e.what());
            return Optional.empty();
        }
    }

    FleetEvents events(StartHistory starts) {
        return FleetEvents.both(starts, metrics);
    }

    void watch(FleetServer fleet) {
        metrics.watch(new FleetMetrics.Sight() {
            @Override
            public List<RunnerRecord> runners() {
                return fleet.view().runners();
            }

            @Override
            public List<AgentView> agents() {
                return fleet.view().agents();
            }

            @Override
            public int waiting() {
                return fleet.waiting();
            }

            @Override
            public long refused() {
                return fleet.refused();
            }

            @Override
            public boolean isOpen() {
                return fleet.isOpen();
            }
        });
    }

    Optional<String> url() {
        return server.map(url -> url.url() + "/metrics");
    }

    @Override
    public void close() {
        server.ifPresent(MetricsServer::close);
    }
}
