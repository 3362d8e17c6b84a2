package dev.mayfly.app;

import dev.mayfly.app.env.doctor.EnvDoctor;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.GuardedService;
import dev.mayfly.base.local.LocalService;
import dev.mayfly.base.log.Log;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.Doctor;
import dev.mayfly.platform.probe.DoctorReport;
import dev.mayfly.platform.probe.Host;
import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.net.HostSide;
import dev.mayfly.sandbox.net.MediatedNetworks;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.record.LaterLedger;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.record.Retention;
import dev.mayfly.sandbox.record.SqlLedger;
import dev.mayfly.sandbox.run.SandboxRunner;
import dev.mayfly.store.Sql;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Builds the program out of its rooms, by constructors, and owns its end. */
final class Wiring implements AutoCloseable {
    /** Longer than the longest run, so that a full house means waiting and not refusing. */
    static final Duration SLOT_WAIT = Duration.ofSeconds(90);

    private static final Duration HOUSEKEEPING = Duration.ofHours(1);

    private final Ahead ahead = new Ahead();
    private final Lazy.Made made = new Lazy.Made();
    private final Lazy<Instruments> instruments;
    private final QueueWiring queue;
    private final LocalService service;
    private final Supplier<Retention.Removed> sweep;

    Wiring(Settings settings, Log log, Clock clock) {
        Instant started = clock.instant();
        instruments = new Lazy<>(made, () -> new Instruments(settings, log));
        Lazy<Sql> store = new Lazy<>(
                made,
                () -> SqliteStore.open(
                        settings.home().resolve("ledger.db"), SqlLedger.SCHEMA, SqliteOptions.DEFAULT, clock, log));
        Lazy<SqlLedger> ledger = new Lazy<>(made, () -> new SqlLedger(store.get()));
        Lazy<MachineBackends> backends = new Lazy<>(made, () -> new MachineBackends(hostBackends(settings), log));
        Lazy<Quarantine> quarantine = new Lazy<>(made, () -> quarantine(settings, clock, log));
        Retention retention = retention(settings);
        this.sweep = () -> retention.apply(ledger.get(), quarantine.get(), clock.instant());
        Lazy<SandboxRunner> runner = new Lazy<>(
                made,
                () -> new SandboxRunner(
                        clock,
                        policies(settings),
                        new BindGuard(settings.home()),
                        (wanted, request) -> {
                            // Open before a backend is chosen: a run whose result cannot be kept must not happen.
                            SqlLedger _ = ledger.get();
                            Backend backend = backends.get().select(wanted, request);
                            return settings.longLived() ? backend : new LastRun(backend, backends.get()::close);
                        },
                        quarantine.get(),
                        new LaterLedger(ledger)));
        Lazy<Runs> runs = new Lazy<>(made, () -> {
            Runs bare = (request, options) -> {
                if (!settings.longLived()) { // a service opens it once; here it would be on the way
                    ahead.begin("backend-ahead", () -> backends.get().open(options.backend()));
                }
                return runner.get().run(request, options);
            };
            return Instruments.wanted(settings) ? instruments.get().around(bare) : bare;
        });
        queue = new QueueWiring(settings, log, clock, made, runner, runs, backends, instruments);
        Lazy<JobBoard> board = new Lazy<>(
                made,
                () -> new JobBoard(
                        () -> new LedgerJobs(ledger.get()),
                        () -> queue.present() ? Optional.of(queue.engine().get().ledger()) : Optional.empty()));
        Operations operations = new Operations(
                runs,
                board::get,
                new QueueOperations(
                        queue.client(), board, () -> queue.engine().get().queue()),
                () -> examine(settings),
                () -> status(settings, Duration.between(started, clock.instant()))
                        .with("queue", queue.health().queue())
                        .with("worker", queue.health().worker())
                        .with("metrics", instruments.get().url().orElse("off")),
                settings.config());
        this.service = new GuardedService(
                operations,
                (call, failure) -> log.error()
                        .with("operation", call.operation())
                        .cause(failure)
                        .log("an operation failed unexpectedly"));
    }

    /** Answers every call with a reply, never with an exception. */
    LocalService service() {
        return service;
    }

    QueueWiring queue() {
        return queue;
    }

    /** What this process measures about itself. */
    Instruments instruments() {
        return instruments.get();
    }

    /** What a service does beside its calls; only for the one service of a home. */
    Housekeeping housekeeping(Log log) {
        return Housekeeping.start(sweep, HOUSEKEEPING, log);
    }

    private static Retention retention(Settings settings) {
        return new Retention(
                settings.config().get(SettingKeys.LEDGER_KEEP),
                settings.config().get(SettingKeys.QUARANTINE_KEEP),
                (long) settings.config().get(SettingKeys.QUARANTINE_MAX_MB) << 20);
    }

    private static HostBackends hostBackends(Settings settings) {
        HostSide hostSide = new HostSide();
        return new HostBackends(
                LauncherBinary.locate(),
                settings.home(),
                settings.slots(),
                SLOT_WAIT,
                MediatedNetworks.choose(hostSide, hostSide, hostSide),
                settings.config().get(SettingKeys.EVIDENCE_DENIALS) == SettingKeys.Switch.ON,
                System.getProperty("os.name"));
    }

    private DoctorReport examine(Settings settings) {
        DoctorReport machine = Doctor.examine(Host.real(settings.home(), services(settings)));
        List<Capability> all = new ArrayList<>(machine.capabilities());
        all.addAll(EnvDoctor.ofThisMachine(settings.home(), settings.config().get(SettingKeys.ENV_AT))
                .examine());
        if (queue.present()) {
            all.addAll(queue.health().capabilities());
        }
        return new DoctorReport(machine.osName(), machine.architecture(), all);
    }

    /** Addresses of servers that doctor should reach; only what is configured. */
    private static Map<String, String> services(Settings settings) {
        Map<String, String> services = new TreeMap<>();
        new QueueSettings(settings.config()).natsUrl().ifPresent(url -> services.put("nats", url));
        settings.config().find(SettingKeys.NATS_MONITOR).ifPresent(url -> services.put("nats-monitor", url));
        settings.config().find(SettingKeys.RQLITE_URL).ifPresent(url -> services.put("rqlite", url));
        return services;
    }

    private static PolicyStore policies(Settings settings) {
        return switch (settings.config().get(SettingKeys.SYSCALLS)) {
            case POLICY -> new PolicyStore(settings.policies(), new PolicyReader());
            case LOOSE -> new PolicyStore(settings.policies(), new PolicyReader(), Policy::loosened);
        };
    }

    private static Quarantine quarantine(Settings settings, Clock clock, Log log) {
        Quarantine quarantine = new Quarantine(settings.home().resolve("quarantine"), clock);
        // Alone with this home, so a draft that is there has no writer any more.
        if (settings.role() == Settings.Role.SERVICE) {
            int swept = quarantine.sweep();
            if (swept > 0) {
                log.info().with("drafts", swept).log("removed what a dead writer left in quarantine");
            }
        }
        return quarantine;
    }

    private static JsonObject status(Settings settings, Duration uptime) {
        Runtime runtime = Runtime.getRuntime();
        return JsonObject.of()
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("pid", ProcessHandle.current().pid())
                .with("home", settings.home().toString())
                .with("slots", settings.slots())
                .with("uptime_sec", uptime.toSeconds())
                .with("heap_used_kb", (runtime.totalMemory() - runtime.freeMemory()) / 1024);
    }

    @Override
    public void close() {
        ahead.close();
        made.close();
    }
}
