package dev.mayfly.app;

import dev.mayfly.app.SettingKeys.Switch;
import dev.mayfly.app.metrics.WorkerState;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.client.JobClient;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.worker.Worker;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.SandboxRunner;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Builds what serves and asks the queue. Nothing is opened before it is needed. */
final class QueueWiring {
    private final Settings settings;
    private final QueueSettings queueSettings;
    private final Log log;
    private final Clock clock;
    private final Lazy<Instruments> instruments;
    private final Lazy<QueueEngine> engine;
    private final Lazy<SandboxJobs> jobs;
    private final Lazy<JobClient> client;
    private final Lazy<WorkerService> worker;

    QueueWiring(
            Settings settings,
            Log log,
            Clock clock,
            Lazy.Made made,
            Lazy<SandboxRunner> runner,
            Lazy<Runs> runs,
            Lazy<MachineBackends> backends,
            Lazy<Instruments> instruments) {
        this.settings = settings;
        this.queueSettings = new QueueSettings(settings.config());
        this.log = log.named("queue");
        this.clock = clock;
        this.instruments = instruments;
        this.engine = new Lazy<>(made, () -> Queues.open(settings, queueSettings, clock, this.log));
        this.jobs = new Lazy<>(
                made,
                () -> new SandboxJobs(
                        runner.get(),
                        // Not before the first job: a client that only sends needs no sandbox.
                        (request, options) -> runs.get().run(request, options),
                        () -> backends.get().open(backend()),
                        options(),
                        settings.home(),
                        // A worker of its own has as many slots as jobs; a service lends them to calls too.
                        settings.role() == Settings.Role.WORKER ? Duration.ZERO : Wiring.SLOT_WAIT));
        this.client = new Lazy<>(
                made,
                () -> new JobClient(engine.get(), jobs.get(), queueSettings.subject(), clock, queueSettings.heard()));
        this.worker = new Lazy<>(made, this::startWorker);
    }

    private String backend() {
        return settings.config().get(SettingKeys.BACKEND).name().toLowerCase(Locale.ROOT);
    }

    private RunOptions options() {
        return new RunOptions(
                settings.config().find(SettingKeys.POLICY),
                OptionalInt.empty(),
                OptionalLong.empty(),
                false,
                settings.config().get(SettingKeys.WORKER_ALLOW_DEGRADED) == Switch.ON,
                backend(),
                "");
    }

    Supplier<QueueEngine> engine() {
        return engine;
    }

    Supplier<JobClient> client() {
        return client;
    }

    /** Whether there is a queue to look at: whoever only runs requests here gets none by looking. */
    boolean present() {
        return queueSettings.natsUrl().isPresent() || Files.exists(Queues.file(settings.home()));
    }

    QueueHealth health() {
        boolean nats = queueSettings.natsUrl().isPresent();
        return new QueueHealth(new QueueHealth.Parts(
                nats ? "nats" : "embedded",
                nats ? Optional.empty() : Optional.of(Queues.file(settings.home())),
                engine,
                () -> SandboxJobs.requireRoom(settings.home()),
                () -> settings.longLived() ? instruments.get().metrics().worker() : Optional.empty(),
                queueSettings.heard(),
                clock));
    }

    /** Starts the worker when it is first asked for; it is closed with everything else. */
    WorkerService worker() {
        return worker.get();
    }

    private WorkerService startWorker() {
        try {
            return start();
        } catch (MayflyException e) {
            // Who looks at the metrics must see it too, not only who reads the log.
            instruments.get().metrics().state(WorkerState.STOPPED, e.what() + ": " + e.why());
            throw e;
        }
    }

    private WorkerService start() {
        QueueEngine open = engine.get();
        JobRunner runner = settings.config()
                .find(SettingKeys.TRIAL_LOG)
                .<JobRunner>map(file -> NotedJobs.in(file, jobs.get()))
                .orElseGet(jobs);
        // First, because it makes the home: there is no room in a folder that is not there.
        WorkerSeat seat = WorkerSeat.take(settings.home(), IdSource.random());
        try {
            runner.requireReady();
            instruments.get().metrics().slots(settings.slots());
            Worker started = Worker.start(new Worker.Parts(
                    seat.epoch(),
                    open,
                    runner,
                    new ProcessObituary(seat, Ticker.system()),
                    instruments.get().work(),
                    queueSettings.worker(settings.slots()),
                    queueSettings.trials(),
                    clock,
                    Ticker.system(),
                    log));
            log.info()
                    .with("slots", settings.slots())
                    .with("queue", queueSettings.natsUrl().map(_ -> "nats").orElse("embedded"))
                    .with("seat", seat.epoch().home())
                    .log("serving the queue");
            return new WorkerService(seat, started, Janitor.start(open.ledger(), queueSettings.keep(), clock, log));
        } catch (RuntimeException e) {
            seat.close();
            throw e;
        }
    }
}
