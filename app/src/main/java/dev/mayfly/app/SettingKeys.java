package dev.mayfly.app;

import dev.mayfly.app.metrics.Listen;
import dev.mayfly.base.config.Alias;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Keys;
import dev.mayfly.base.config.Types;
import dev.mayfly.base.log.Level;
import dev.mayfly.base.log.LogFormat;
import dev.mayfly.fleet.network.NetworkPolicy;
import dev.mayfly.fleet.network.Resolver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every setting of this program. {@code docs/configuration.md} is generated from here. */
public final class SettingKeys {
    static final Key<Integer> SLOTS =
            Key.of("slots", Types.integer(1, 64), "How many jobs may run at once; one per processor when left out.");
    static final Key<Path> POLICY = Key.of(
                    "policy", Types.path(), "The policy file for requests, instead of the one that they name.")
            .withAlias(Alias.of("MAGICRUNE_POLICY"));
    public static final Key<Path> ENV_REPOSITORY = Key.of(
                    "env.repository",
                    Types.path(),
                    "Where environments are kept; the folder env/repository of the home when left out.")
            .withAlias(Alias.of("SPFS_STORAGE_ROOT"));
    public static final Key<String> ENV_ORIGIN = Key.of(
                    "env.origin",
                    Types.text(),
                    "The repository that mayfly env push and pull mean by origin: a path, host:port, or"
                            + " s3://bucket/prefix.")
            .withAlias(Alias.of("SPFS_REMOTE_ORIGIN_ADDRESS"));
    public static final Key<String> ENV_TOKEN = Key.of(
                    "env.token",
                    Types.text(),
                    "What clients of mayfly env server must know, and what this client says.")
            .asSecret();
    public static final TlsKeys ENV_TLS = TlsKeys.of("env");
    public static final Key<Path> ENV_AT = Key.of(
                    "env.at", Types.path(), "The folder where commands see their environment; it must exist.")
            .withDefault("/spfs");
    public static final Key<String> ENV_USER = Key.of(
                    "env.user", Types.text(), "Who made a tag, as name@domain; this user and host when left out.")
            .withAlias(Alias.of("SPFS_USER_NAME"));
    public static final Key<FrontEnd> ENV_FRONT_END = Key.of(
                    "env.front-end",
                    Types.choice(FrontEnd.class),
                    "How mayfly env run shows an environment; auto is erofs where it can be mounted, else fuse, else render.")
            .withDefault("auto");
    public static final Key<String> ENV_TAG_NAMESPACE = Key.of(
                    "env.tag-namespace",
                    Types.text(),
                    "The namespace whose tags mayfly env sees and makes; those without one when left out.")
            .withAlias(Alias.of("SPFS_STORAGE_TAG_NAMESPACE"));
    public static final Key<EnvService> ENV_SERVICE = Key.of(
                    "env.service",
                    Types.choice(EnvService.class),
                    "Whether mayfly env run asks the service of environments when one runs (use), also starts one for the"
                            + " next time (start), or does everything itself (off).")
            .withDefault("use");
    public static final Key<Duration> ENV_SERVICE_IDLE = Key.of(
                    "env.service-idle",
                    Types.duration(Duration.ofMillis(100), Duration.ofDays(36_500)),
                    "How long the service of environments stays when no runtime lives and nobody calls.")
            .withDefault("15m");
    public static final Key<String> FLEET_SERVER = Key.of(
                    "fleet.server",
                    Types.text(),
                    "Where the server of the fleet is, as agents, people and myshoes reach it.")
            .withDefault("127.0.0.1:7747")
            .withAlias(Alias.of("SHOESVZ_SERVER_ADDR"));
    public static final Key<String> FLEET_LISTEN = Key.of(
                    "fleet.listen", Types.text(), "Where mayfly fleet server listens.")
            .withDefault("127.0.0.1:7747");
    public static final Key<Listen> FLEET_METRICS_LISTEN = Key.of(
                    "fleet.metrics-listen", Listen.type(), "Where mayfly fleet server answers /metrics and /healthz.")
            .withDefault("127.0.0.1:9474");
    public static final Key<Path> FLEET_TOKEN_FILE = Key.of(
            "fleet.token-file",
            Types.path(),
            "The token of people and of the plugin, in a file that only its owner can read; fleet/token of the home when"
                    + " left out, which the server makes.");
    public static final Key<Path> FLEET_AGENT_TOKEN_FILE = Key.of(
            "fleet.agent-token-file",
            Types.path(),
            "The token of agents, which opens nothing else; fleet/agent-token of the home when left out, which the server"
                    + " makes.");
    public static final TlsKeys FLEET_TLS = TlsKeys.of("fleet");
    public static final Key<String> FLEET_TEMPLATE = Key.of(
            "fleet.template",
            Types.text(),
            "What an agent clones machines from: a name below fleet/templates of the home, or a folder.");
    public static final Key<Optional<NetworkPolicy>> FLEET_NETWORK = Key.of(
                    "fleet.network",
                    NetworkTypes.policy(),
                    "What runners of this host reach: internet, which is all public addresses; networks such as"
                            + " 10.20.0.0/16; several of these, separated by commas; none; or auto, which is internet"
                            + " where that can be had, else none.")
            .withDefault("auto");
    public static final Key<Resolver> FLEET_RESOLVER = Key.of(
            "fleet.resolver",
            NetworkTypes.resolver(),
            "Who is asked for names in the place of runners; the first of /etc/resolv.conf when left out.");
    public static final Key<String> MESH_TOKEN = Key.of(
                    "mesh.token", Types.text(), "What agents of the mesh must know, and what this agent says.")
            .asSecret();
    public static final TlsKeys MESH_TLS = TlsKeys.of("mesh");
    public static final Key<String> MESH_OTLP = Key.of(
            "mesh.otlp",
            Types.text(),
            "The collector of OpenTelemetry that a controller of the mesh pushes its metrics to: http://HOST:4318,"
                    + " grpc://HOST:4317, or https and grpcs; none when left out.");
    public static final Key<Duration> MESH_OTLP_EVERY = Key.of(
                    "mesh.otlp-every", Types.duration(Duration.ofMillis(100), Duration.ofDays(1)), "How often it does.")
            .withDefault("10s");
    public static final Key<Path> MESH_OTLP_CA = Key.of(
            "mesh.otlp-ca",
            Types.path(),
            "Who must have signed the collector's certificate, in PEM; the authorities of this machine when left out.");
    public static final Key<String> MESH_OTLP_TOKEN = Key.of(
                    "mesh.otlp-token", Types.text(), "What is said to the collector as a bearer token.")
            .asSecret();
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
    static final Key<Duration> LEDGER_KEEP = Key.of(
                    "ledger.keep",
                    Types.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
                    "How long the ledger keeps a run; looked at when the service starts and every hour.")
            .withDefault("90d");
    static final Key<Duration> QUARANTINE_KEEP = Key.of(
                    "quarantine.keep",
                    Types.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
                    "How long quarantine keeps the evidence of a red run; looked at likewise.")
            .withDefault("30d");
    static final Key<Integer> QUARANTINE_MAX_MB = Key.of(
                    "quarantine.max-mb",
                    Types.integer(1, 1 << 20),
                    "How many MiB quarantine keeps; of more, the oldest go, but never the newest.")
            .withDefault("1024");
    static final Key<String> QUEUE = Key.of(
            "queue",
            Types.text(),
            "Where jobs wait: embedded (in the home folder), nats (at nats.url), or the URL of a NATS server. When left"
                    + " out: nats if nats.url is set, else embedded.");
    static final Key<Integer> QUEUE_ATTEMPTS = Key.of(
                    "queue.max-attempts",
                    Types.integer(1, 1000),
                    "How often a job is tried before it becomes a dead letter.")
            .withDefault("5")
            .withAlias(Alias.of("NATS_CONSUMER_MAX_DELIVER"));
    static final Key<List<Duration>> QUEUE_BACKOFF = Key.of(
                    "queue.backoff",
                    Types.listOf(Types.duration(Duration.ZERO, Duration.ofHours(1))),
                    "How long a job waits after its first, second, … failed attempt; the last one is used again.")
            .withDefault("1s, 5s, 30s, 2m");
    static final Key<Duration> QUEUE_ACK_WAIT = Key.of(
                    "queue.ack-wait",
                    Types.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                    "After how long without a sign of its worker a message comes again.")
            .withDefault("30s")
            .withAlias(Alias.counting("NATS_ACK_WAIT_SEC", "s"));
    static final Key<Duration> QUEUE_LEASE = Key.of(
                    "queue.lease",
                    Types.duration(Duration.ofMillis(500), Duration.ofHours(1)),
                    "How long after its last beat a worker may begin a job. A worker elsewhere is taken for dead when"
                            + " this and the job's longest run have passed.")
            .withDefault("15s");
    static final Key<Duration> QUEUE_WINDOW = Key.of(
                    "queue.duplicate-window",
                    Types.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    "How long the queue itself drops messages with an id that it has seen; the ledger knows jobs far"
                            + " longer.")
            .withDefault("120s")
            .withAlias(Alias.counting("NATS_DUP_WINDOW_SEC", "s"));
    static final Key<Duration> QUEUE_KEEP = Key.of(
                    "queue.keep",
                    Types.duration(Duration.ofMinutes(1), Duration.ofDays(3650)),
                    "How long the answers of jobs are kept; a duplicate that comes later runs again.")
            .withDefault("7d");
    static final Key<Integer> QUEUE_MAX_WAITING = Key.of(
                    "queue.max-waiting",
                    Types.integer(1, 100_000_000),
                    "How many messages may wait; more are refused. A stream that is there keeps its own limit.")
            .withDefault("1000000");
    static final Key<Switch> QUEUE_OLD_DUPLICATES = Key.of(
                    "queue.old-duplicates",
                    Types.choice(Switch.class),
                    "Whether duplicates are left without an answer, as in the replaced system.")
            .withDefault("off");
    static final Key<Switch> WORKER = Key.of(
                    "worker", Types.choice(Switch.class), "Whether mayfly up serves the queue with its slots.")
            .withDefault("on");
    static final Key<Switch> WORKER_ALLOW_DEGRADED = Key.of(
                    "worker.allow-degraded",
                    Types.choice(Switch.class),
                    "Whether jobs of the queue run although a layer that their policy requires is missing; costs the"
                            + " verdict.")
            .withDefault("off");
    static final Key<String> NATS_URL = Key.of(
                    "nats.url", Types.text(), "The NATS server of the queue, for example nats://127.0.0.1:4222.")
            .withAlias(Alias.of("NATS_URL"));
    static final Key<String> NATS_SUBJECT = Key.of("nats.subject", Types.text(), "Where requests are published.")
            .withDefault("run.req.default")
            .withAlias(Alias.of("NATS_REQ_SUBJ"));
    static final Key<String> NATS_STREAM = Key.of("nats.stream", Types.text(), "The stream of requests.")
            .withDefault("RUN")
            .withAlias(Alias.of("NATS_STREAM"));
    static final Key<String> NATS_DURABLE = Key.of(
                    "nats.durable", Types.text(), "The durable consumer that workers share.")
            .withDefault("RUN_WORKER")
            .withAlias(Alias.of("NATS_DURABLE"));
    static final Key<Integer> NATS_MAX_ACK_PENDING = Key.of(
                    "nats.max-ack-pending",
                    Types.integer(1, 1_000_000),
                    "How many messages may be out with all workers together.")
            .withDefault("2048")
            .withAlias(Alias.of("NATS_MAX_ACK_PENDING"));
    static final Key<Duration> NATS_PUBLISH_TIMEOUT = Key.of(
                    "nats.publish-timeout",
                    Types.duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                    "How long to wait for the server to confirm something.")
            .withDefault("5s")
            .withAlias(Alias.counting("JS_PUBLISH_TIMEOUT_SEC", "s"));
    static final Key<Duration> NATS_CLIENT_ACK_WAIT = Key.of(
                    "nats.client-ack-wait",
                    Types.duration(Duration.ZERO, Duration.ofMinutes(5)),
                    "How long an answer is said again to a client of the replaced system that has not confirmed it.")
            .withDefault("2s")
            .withAlias(Alias.counting("ACK_ACK_WAIT_SEC", "s"));
    static final Key<Path> NATS_CREDENTIALS =
            Key.of("nats.credentials", Types.path(), "A file with a JWT and a seed, as nsc writes it, to log in with.");
    static final Key<Switch> NATS_OLD_SERVER = Key.of(
                    "nats.old-server",
                    Types.choice(Switch.class),
                    "Whether a server older than 2.10 is used, although it brings acknowledged messages back and strands"
                            + " others when it is killed.")
            .withDefault("off");
    static final Key<Duration> TRIAL_DELAY = Key.of(
                    "trial.delay",
                    Types.duration(Duration.ZERO, Duration.ofMinutes(10)),
                    "For tests: a worker waits so long before each run.")
            .withDefault("0ms")
            .withAlias(Alias.counting("MAGICRUNE_TEST_DELAY_MS", "ms"));
    static final Key<Jitter> TRIAL_JITTER = Key.of(
                    "trial.delay-jitter", Jitter.type(), "For tests: is added to that, by chance.")
            .withAlias(Alias.of("MAGICRUNE_TEST_DELAY_MS_JITTER"));
    static final Key<Switch> TRIAL_SKIP_ACK = Key.of(
                    "trial.skip-ack-once",
                    Types.choice(Switch.class),
                    "For tests: a worker leaves the first acknowledgement of each job out.")
            .withDefault("off")
            .withAlias(Alias.when("MAGICRUNE_TEST_SKIP_ACK_ONCE", "1", "on"));
    static final Key<Path> TRIAL_LOG =
            Key.of("trial.log", Types.path(), "For tests: a file in which workers note when each run begins and ends.");
    static final Key<Switch> TRIAL_REQUIRE_NATS = Key.of(
                    "trial.require-nats",
                    Types.choice(Switch.class),
                    "For tests: refuses to start with another queue than NATS.")
            .withDefault("off")
            .withAlias(Alias.when("MAGICRUNE_REQUIRE_NATS", "1", "on"));
    static final Key<Integer> DEDUPE_MAX = Key.of(
                    "queue.dedupe-max",
                    Types.integer(0, Integer.MAX_VALUE),
                    "Has no effect: the ledger remembers every job for queue.keep, not a number of them in memory.")
            .withAlias(Alias.of("MAGICRUNE_DEDUPE_MAX"));

    static final Key<String> NATS_MONITOR = Key.of(
            "nats.monitor",
            Types.text(),
            "The monitoring address of that server, for example http://127.0.0.1:8222; with it doctor says whether"
                    + " acknowledged messages are on disk.");
    static final Key<String> RQLITE_URL = Key.of(
            "rqlite.url",
            Types.text(),
            "The rqlite cluster in which servers of the fleet and controllers of the mesh keep their state,"
                    + " http://NAME:PASSWORD@HOST:4001, several with commas; a file of the home when left out.");

    private static final List<TlsKeys> CERTIFICATES = List.of(ENV_TLS, MESH_TLS, FLEET_TLS);

    public static final Keys ALL = Keys.of(Stream.concat(
                    Stream.<Key<?>>of(
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
                            ENV_REPOSITORY,
                            ENV_ORIGIN,
                            ENV_TOKEN,
                            ENV_AT,
                            ENV_USER,
                            ENV_TAG_NAMESPACE,
                            ENV_SERVICE,
                            ENV_SERVICE_IDLE,
                            MESH_TOKEN,
                            MESH_OTLP,
                            MESH_OTLP_EVERY,
                            MESH_OTLP_CA,
                            MESH_OTLP_TOKEN,
                            ENV_FRONT_END,
                            FLEET_SERVER,
                            FLEET_LISTEN,
                            FLEET_METRICS_LISTEN,
                            FLEET_TOKEN_FILE,
                            FLEET_AGENT_TOKEN_FILE,
                            FLEET_TEMPLATE,
                            FLEET_NETWORK,
                            FLEET_RESOLVER,
                            LEDGER_KEEP,
                            QUARANTINE_KEEP,
                            QUARANTINE_MAX_MB,
                            QUEUE,
                            QUEUE_ATTEMPTS,
                            QUEUE_BACKOFF,
                            QUEUE_ACK_WAIT,
                            QUEUE_LEASE,
                            QUEUE_WINDOW,
                            QUEUE_KEEP,
                            QUEUE_MAX_WAITING,
                            QUEUE_OLD_DUPLICATES,
                            DEDUPE_MAX,
                            WORKER,
                            WORKER_ALLOW_DEGRADED,
                            NATS_URL,
                            NATS_SUBJECT,
                            NATS_STREAM,
                            NATS_DURABLE,
                            NATS_MAX_ACK_PENDING,
                            NATS_PUBLISH_TIMEOUT,
                            NATS_CLIENT_ACK_WAIT,
                            NATS_CREDENTIALS,
                            NATS_OLD_SERVER,
                            TRIAL_DELAY,
                            TRIAL_JITTER,
                            TRIAL_SKIP_ACK,
                            TRIAL_LOG,
                            TRIAL_REQUIRE_NATS,
                            NATS_MONITOR,
                            RQLITE_URL),
                    CERTIFICATES.stream().flatMap(each -> each.all().stream()))
            .toList());

    /** The backends that a request may ask for. */
    enum BackendName {
        AUTO,
        NATIVE,
        BWRAP,
        WASM
    }

    /** What {@code mayfly env run} does about the service of environments. */
    public enum EnvService {
        USE,
        START,
        OFF
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
