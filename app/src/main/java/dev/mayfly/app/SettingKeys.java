package dev.mayfly.app;

import dev.mayfly.base.config.Alias;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Keys;
import dev.mayfly.base.config.Types;
import dev.mayfly.base.log.Level;
import dev.mayfly.base.log.LogFormat;
import java.nio.file.Path;
import java.util.List;

/** Every setting of this program. {@code docs/configuration.md} is generated from here. */
final class SettingKeys {
    static final Key<Integer> SLOTS =
            Key.of("slots", Types.integer(1, 1024), "How many jobs may run at once; one per processor when left out.");
    static final Key<Path> POLICY = Key.of(
                    "policy", Types.path(), "The policy file for requests, instead of the one that they name.")
            .withAlias(Alias.of("MAGICRUNE_POLICY"));
    static final Key<Path> POLICIES = Key.of(
            "policies",
            Types.path(),
            "The folder in which policy_id finds policies; that of the program when left out.");
    static final Key<BackendName> BACKEND = Key.of(
                    "backend", Types.choice(BackendName.class), "What runs a request that leaves it open.")
            .withDefault("auto")
            .withAlias(Alias.when("MAGICRUNE_FORCE_WASM", "1", "wasm"));
    static final Key<Level> LOG_LEVEL = Key.of(
                    "log.level", Types.choice(Level.class), "The least grave entries that the service logs.")
            .withDefault("info");
    static final Key<LogFormat> LOG_FORMAT = Key.of(
                    "log.format", Types.choice(LogFormat.class), "How the service writes its log to stderr.")
            .withDefault("text");
    static final Key<String> NATS_URL = Key.of(
                    "nats.url", Types.text(), "The NATS server of the queue; only looked at by doctor so far.")
            .withAlias(Alias.of("NATS_URL"));
    static final Key<String> RQLITE_URL =
            Key.of("rqlite.url", Types.text(), "The rqlite cluster for shared state; only looked at by doctor so far.");

    static final Keys ALL =
            Keys.of(List.of(SLOTS, POLICY, POLICIES, BACKEND, LOG_LEVEL, LOG_FORMAT, NATS_URL, RQLITE_URL));

    /** The backends that a request may ask for. */
    enum BackendName {
        AUTO,
        NATIVE,
        BWRAP,
        WASM
    }

    private SettingKeys() {}
}
