package dev.mayfly.app;

import dev.mayfly.app.metrics.Listen;
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
            Key.of("slots", Types.integer(1, 64), "How many jobs may run at once; one per processor when left out.");
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
    static final Key<Syscalls> SYSCALLS = Key.of(
                    "syscalls",
                    Types.choice(Syscalls.class),
                    "Whether runs get the system calls that their policy says, or loose where it says default.")
            .withDefault("policy")
            .withAlias(Alias.when("MAGICRUNE_SECCOMP_LOOSEN", "1", "loose"));
    static final Key<AlwaysOn> SECCOMP = Key.of(
                    "seccomp", Types.choice(AlwaysOn.class), "System calls are always filtered.")
            .withDefault("on")
            .withAlias(Alias.when("MAGICRUNE_SECCOMP", "1", "on"));
    static final Key<AlwaysOn> READ_ONLY_ROOT = Key.of(
                    "read-only-root", Types.choice(AlwaysOn.class), "What a run sees of the host is always read-only.")
            .withDefault("on")
            .withAlias(Alias.when("MAGICRUNE_OVERLAY_RO", "1", "on"));
    static final Key<AlwaysOn> CGROUPS = Key.of(
                    "cgroups", Types.choice(AlwaysOn.class), "Limits are always those of control groups.")
            .withDefault("on")
            .withAlias(Alias.when("MAGICRUNE_CGROUPS", "1", "on"));
    static final Key<Path> METRICS_FILE = Key.of(
                    "metrics.file", Types.path(), "Where counts are written as JSON (docs/metrics.md).")
            .withAlias(Alias.of("MAGICRUNE_METRICS_FILE"));
    static final Key<Path> METRICS_TEXTFILE = Key.of(
                    "metrics.textfile",
                    Types.path(),
                    "Where metrics are written for the textfile collector of Prometheus.")
            .withAlias(Alias.of("MAGICRUNE_METRICS_TEXTFILE"));
    static final Key<Integer> METRICS_EVERY = Key.of(
                    "metrics.every",
                    Types.integer(1, 1_000_000),
                    "After how many runs the counts are logged and written; files also soon after any change, both"
                            + " also at the end.")
            .withDefault("100")
            .withAlias(Alias.of("MAGICRUNE_METRICS_EVERY"));
    static final Key<Listen> METRICS_LISTEN = Key.of(
            "metrics.listen",
            Listen.type(),
            "Where the service answers /metrics and /healthz; 127.0.0.1:9464 when left out. Commands that end by"
                    + " themselves never listen.");
    static final Key<Level> LOG_LEVEL = Key.of(
                    "log.level", Types.choice(Level.class), "The least grave entries that the service logs.")
            .withDefault("info");
    static final Key<LogFormat> LOG_FORMAT = Key.of(
                    "log.format", Types.choice(LogFormat.class), "How the service writes its log to stderr.")
            .withDefault("text");
    static final Key<Switch> EVIDENCE_DENIALS = Key.of(
                    "evidence.denials",
                    Types.choice(Switch.class),
                    "Whether results name what the kernel's permissions refused; every system call of the machine then"
                            + " takes about 0.1 µs longer.")
            .withDefault("on");
    static final Key<String> NATS_URL = Key.of(
                    "nats.url", Types.text(), "The NATS server of the queue; only looked at by doctor so far.")
            .withAlias(Alias.of("NATS_URL"));
    static final Key<String> NATS_MONITOR = Key.of(
            "nats.monitor",
            Types.text(),
            "The monitoring address of that server, for example http://127.0.0.1:8222; with it doctor says whether"
                    + " acknowledged messages are on disk.");
    static final Key<String> RQLITE_URL =
            Key.of("rqlite.url", Types.text(), "The rqlite cluster for shared state; only looked at by doctor so far.");

    static final Keys ALL = Keys.of(List.of(
            SLOTS,
            POLICY,
            POLICIES,
            BACKEND,
            SYSCALLS,
            SECCOMP,
            READ_ONLY_ROOT,
            CGROUPS,
            METRICS_FILE,
            METRICS_TEXTFILE,
            METRICS_EVERY,
            METRICS_LISTEN,
            LOG_LEVEL,
            LOG_FORMAT,
            EVIDENCE_DENIALS,
            NATS_URL,
            NATS_MONITOR,
            RQLITE_URL));

    /** The backends that a request may ask for. */
    enum BackendName {
        AUTO,
        NATIVE,
        BWRAP,
        WASM
    }

    /** What the service does with the profiles of policies. */
    enum Syscalls {
        POLICY,
        LOOSE
    }

    /** Of layers that cannot be turned off; the keys exist so that the old switches are known and a wrong one is told. */
    enum AlwaysOn {
        ON
    }

    /** For things that work without, but say less. */
    enum Switch {
        ON,
        OFF
    }

    private SettingKeys() {}
}
