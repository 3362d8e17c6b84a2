package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.app.env.service.ServiceFinder;
import dev.mayfly.app.env.service.ServicePlace;
import dev.mayfly.app.env.service.ServiceProcess;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.service.ActiveMount;
import dev.mayfly.env.service.CacheCounts;
import dev.mayfly.env.service.Health;
import dev.mayfly.env.service.ServiceState;
import dev.mayfly.env.service.VfsClient;
import dev.mayfly.platform.linux.Libc;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts, stops and asks the service of environments, and is it. */
final class ServiceOperations {
    private static final List<String> COLUMNS =
            List.of("root_pid", "runtime_name", "editable", "front_end", "since", "env_spec");

    private ServiceOperations() {}

    static int start(HandedWords words, EnvSession session) throws InterruptedException {
        ServiceFinder.Ready ready = finder(session.settings()).ensure();
        ServicePlace place = ServicePlace.of(session.settings().home());
        session.output(words)
                .value(
                        "mayfly env service " + (ready.started() ? "is ready: pid " : "runs already: pid ")
                                + place.process().orElse("?") + ", socket " + place.socket(),
                        JsonObject.of()
                                .with("started", ready.started())
                                .with("version", ready.health().version())
                                .with(
                                        "pid",
                                        place.process().map(Long::parseLong).orElse(0L))
                                .with("socket", place.socket().toString()));
        return ExitCode.GREEN.number();
    }

    static int stop(HandedWords words, EnvSession session) throws InterruptedException {
        boolean stopped = finder(session.settings()).stop();
        session.output(words)
                .value(stopped ? "stopped" : "no service runs", JsonObject.of().with("stopped", stopped));
        return ExitCode.GREEN.number();
    }

    static int status(HandedWords words, EnvSession session) {
        try (VfsClient client = finder(session.settings()).connect()) {
            Health health = client.health();
            ServiceState state = client.status();
            JsonObject head = head(session, health, state);
            if (words.on("--json")) {
                session.output(words).object(head.with("mounts", rows(state)).with("cache", cache(state.cache())));
            } else {
                session.output(words).object(head);
                session.output(words).object(cache(state.cache()));
                if (!state.mounts().isEmpty()) {
                    session.output(words)
                            .table(
                                    state.mounts().stream()
                                            .map(ServiceOperations::row)
                                            .toList(),
                                    COLUMNS);
                }
            }
        }
        return ExitCode.GREEN.number();
    }

    private static JsonObject head(EnvSession session, Health health, ServiceState state) {
        ServicePlace place = ServicePlace.of(session.settings().home());
        return JsonObject.of()
                .with("healthy", health.healthy())
                .with("version", health.version())
                .with("uptime_seconds", health.uptime().toSeconds())
                .with("pid", state.pid())
                .with("socket", place.socket().toString())
                .with("log", place.log().toString())
                .with("active_mounts", state.mounts().size());
    }

    private static JsonArray rows(ServiceState state) {
        List<JsonValue> rows = new ArrayList<>();
        state.mounts().forEach(each -> rows.add(row(each)));
        return new JsonArray(rows);
    }

    private static JsonObject cache(CacheCounts counts) {
        return JsonObject.of()
                .with("lookup_count", counts.lookups())
                .with("cache_hits", counts.hits())
                .with("cache_misses", counts.misses())
                .with("hit_rate", new JsonNumber(BigDecimal.valueOf(counts.hitRate())))
                .with("views", counts.views());
    }

    private static JsonObject row(ActiveMount mount) {
        return JsonObject.of()
                .with("root_pid", mount.root().pid())
                .with("root_start", mount.root().start())
                .with("runtime_name", mount.runtimeName())
                .with("env_spec", mount.envSpec())
                .with("editable", mount.editable())
                .with("front_end", mount.frontEnd())
                .with("path", mount.view().toString())
                .with("since", mount.since().toString());
    }

    static int run(HandedWords words, EnvSession session) {
        Settings settings = session.settings();
        if (words.on("--background")) {
            // Fails for the leader of a process group, which nobody made a part of a terminal's job then.
            var _ = Libc.setsid();
        }
        Log log = settings.serviceLog().named("env");
        Kept kept = Kept.in(settings.home());
        ServiceParts parts = new ServiceParts(
                () -> new EnvSession(
                        settings,
                        Namespaces.configured(settings),
                        session.voice(),
                        Clock.systemUTC(),
                        session.environment(),
                        IdSource.random(),
                        kept),
                kept,
                version(),
                Clock.systemUTC(),
                log);
        new ServiceProcess(ServicePlace.of(settings.home()), parts, log)
                .run(Optional.of(settings.config().get(SettingKeys.ENV_SERVICE_IDLE)), session.voice());
        return ExitCode.GREEN.number();
    }

    /** For {@code env.service: start}: this command does not wait for it, and works without. */
    static void startForLater(EnvSession session) {
        if (session.settings().config().get(SettingKeys.ENV_SERVICE) == SettingKeys.EnvService.START) {
            try {
                finder(session.settings()).startForLater();
            } catch (MayflyException e) {
                session.voice().progress(e.render());
            }
        }
    }

    static ServiceFinder finder(Settings settings) {
        List<String> command =
                List.of(System.getProperty("mayfly.script", "mayfly"), "env", "service", "run", "--background");
        return new ServiceFinder(ServicePlace.of(settings.home()), command, version(), Ticker.system());
    }

    private static String version() {
        return System.getProperty("mayfly.version", "unreleased");
    }
}
