package dev.mayfly.app;

import dev.mayfly.app.metrics.Listen;
import dev.mayfly.app.metrics.Metrics;
import dev.mayfly.app.metrics.MetricsReporter;
import dev.mayfly.app.metrics.MetricsServer;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.port.WorkerEvents;
import java.util.Optional;

/**
 * What this process measures about itself, wired to where it is read. Only made when somebody can read it: always in a
 * long-lived program, and for one call when a file is configured.
 */
final class Instruments implements AutoCloseable {
    /** Where the service listens when nothing is said: the port that OpenTelemetry's exporters to Prometheus use. */
    private static final Listen.At USUAL = new Listen.At("127.0.0.1", 9464);

    private final Settings settings;
    private final Log log;
    private final Metrics metrics = new Metrics();
    private final MetricsReporter reporter;
    private Optional<MetricsServer> server = Optional.empty();

    Instruments(Settings settings, Log log) {
        this.settings = settings;
        this.log = log;
        this.reporter = new MetricsReporter(metrics, targets(settings), log);
        if (settings.longLived()) {
            reporter.start();
        }
    }

    /** Whether anybody could read what would be measured. */
    static boolean wanted(Settings settings) {
        return settings.longLived() || !targets(settings).none();
    }

    private static MetricsReporter.Targets targets(Settings settings) {
        return new MetricsReporter.Targets(
                settings.config().find(SettingKeys.METRICS_FILE),
                settings.config().find(SettingKeys.METRICS_TEXTFILE),
                settings.config().get(SettingKeys.METRICS_EVERY));
    }

    /** For those who report about more than runs. */
    Metrics metrics() {
        return metrics;
    }

    /** Where a worker of the queue reports. */
    WorkerEvents work() {
        return new CountedWork(metrics);
    }

    /** The same runs, counted. */
    Runs around(Runs runs) {
        return new CountedRuns(runs, metrics, reporter);
    }

    /**
     * Answers over HTTP until this is closed, if so configured. Called once, by the owner.
     *
     * @throws MayflyException when the configured address cannot be had; for the usual one a warning has to do
     */
    void serve() {
        Optional<Listen> asked = settings.config().find(SettingKeys.METRICS_LISTEN);
        if (asked.isEmpty()) {
            serveAtTheUsualPlace();
        } else if (asked.get() instanceof Listen.At at) {
            server = Optional.of(MetricsServer.open(at, metrics, log));
        }
    }

    private void serveAtTheUsualPlace() {
        try {
            server = Optional.of(MetricsServer.open(USUAL, metrics, log));
        } catch (MayflyException e) {
            log.warn().with("why", e.why()).with("fix", e.fix()).log(e.what());
        }
    }

    /** Where metrics are served, if they are. */
    Optional<String> url() {
        return server.map(MetricsServer::url);
    }

    @Override
    public void close() {
        server.ifPresent(MetricsServer::close);
        reporter.close();
    }
}
