package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.GuardedService;
import dev.mayfly.base.local.LocalService;
import dev.mayfly.base.log.Log;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Builds the program out of its rooms, by constructors, and owns its end. */
final class Wiring implements AutoCloseable {
    private final Lazy.Made made = new Lazy.Made();
    private final LocalService service;

    Wiring(Settings settings, Log log, Clock clock) {
        Instant started = clock.instant();
        Operations operations = new Operations(
                new Lazy<>(made, () -> {
                    throw notYet("exec");
                }),
                new Lazy<>(made, () -> {
                    throw notYet("job");
                }),
                new Lazy<>(made, () -> {
                    throw notYet("doctor");
                }),
                () -> status(settings, Duration.between(started, clock.instant())));
        this.service = new GuardedService(
                operations,
                (call, failure) -> log.error()
                        .with("operation", call.operation())
                        .cause(failure)
                        .log("an operation failed unexpectedly"));
    }

    private static MayflyException notYet(String what) {
        return new MayflyException(ErrorCode.SANDBOX_UNAVAILABLE, what + " is not built in yet", "", "");
    }

    /** Answers every call with a reply, never with an exception. */
    LocalService service() {
        return service;
    }

    private static JsonObject status(Settings settings, Duration uptime) {
        return JsonObject.of()
                .with("version", System.getProperty("mayfly.version", "unreleased"))
                .with("pid", ProcessHandle.current().pid())
                .with("home", settings.home().toString())
                .with("slots", settings.slots())
                .with("uptime_sec", uptime.toSeconds())
                .with(
                        "heap_used_kb",
                        (Runtime.getRuntime().totalMemory()
                                        - Runtime.getRuntime().freeMemory())
                                / 1024);
    }

    @Override
    public void close() {
        made.close();
    }
}
