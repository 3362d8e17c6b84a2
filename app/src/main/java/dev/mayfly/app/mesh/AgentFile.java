package dev.mayfly.app.mesh;

import dev.mayfly.app.YamlSettings;
import dev.mayfly.base.config.Alias;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Keys;
import dev.mayfly.base.config.Setting;
import dev.mayfly.base.config.Types;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent is told by a file of its own, by the environment, or by options. The names of the open-source R-Pingmesh
 * agent mean the same here; those of what works differently here are known and say so.
 */
final class AgentFile {
    static final Key<String> AGENT = Key.of("name", Types.text(), "The agent; its host when left out.")
            .withAlias(Alias.of("RPINGMESH_AGENT_ID"));
    static final Key<String> HOST = Key.of("host", Types.text(), "Where it runs; this host when left out.")
            .withAlias(Alias.of("RPINGMESH_HOSTNAME"));
    static final Key<String> TOR = Key.of("tor", Types.text(), "The switch that its cards are plugged into.")
            .withAlias(Alias.of("RPINGMESH_TOR_ID"));
    static final Key<String> CONTROLLER = Key.of("controller", Types.text(), "Where its controller is, as host:port.")
            .withDefault(MeshAddress.USUAL)
            .withAlias(Alias.of("RPINGMESH_CONTROLLER_ADDR"));
    static final Key<List<String>> ADDRESSES =
            Key.of("address", Types.listOf(Types.text()), "Addresses to probe from; all of this host when left out.");
    static final Key<List<String>> DEVICES = Key.of(
                    "device", Types.listOf(Types.text()), "Only addresses of these devices; of all when left out.")
            .withAlias(Alias.of("RPINGMESH_ALLOWED_DEVICE_NAMES"));
    static final Key<Integer> SOURCE_PORTS = Key.of(
                    "source-ports", Types.integer(1, 1024), "How many source ports each address has; each is a socket.")
            .withDefault("16");
    static final Key<String> TRANSPORT = Key.of(
                    "transport", Types.text(), "How it sends: soft (over UDP) or verbs (through RDMA cards).")
            .withDefault("soft");
    static final Key<Integer> TRAFFIC_CLASS = Key.of(
                    "traffic-class", Types.integer(0, 255), "Of probes through RDMA cards, in their IP header.")
            .withDefault("0")
            .withAlias(Alias.of("RPINGMESH_TRAFFIC_CLASS"));
    static final Key<Integer> HOST_BUDGET = Key.of(
                    "host-budget", Types.integer(1, 1_000_000), "Probes a second, over all addresses.")
            .withDefault("2000");
    static final Key<Integer> LINK_BUDGET = Key.of(
                    "link-budget", Types.integer(1, 1_000_000), "Probes a second of each address.")
            .withDefault("1000");
    static final Key<String> MEMORY = Key.of(
                    "slow-at-memory", Types.text(), "Share of the heap, 0 to 1, above which it probes less.")
            .withDefault("0.9")
            .withAlias(Alias.of("RPINGMESH_THROTTLE_MEMORY_RATIO"));
    static final Key<Integer> PROCESSOR = Key.of(
                    "slow-at-processor",
                    Types.integer(1, 100),
                    "Per cent of all processors above which it probes less.")
            .withDefault("90")
            .withAlias(Alias.of("RPINGMESH_THROTTLE_CPU_PERCENT"));

    static final Key<Boolean> TRACE = Key.of(
                    "trace",
                    Types.bool(),
                    "See connections of services on this host, and probe their paths; needs root.")
            .withDefault("false");
    static final Key<List<String>> LIBRARIES =
            Key.of("library", Types.listOf(Types.text()), "Files that have libibverbs in them under another name.");
    static final Key<String> ROOT = Key.of(
                    "root", Types.text(), "Where the host's /sys is, for one that runs in a container.")
            .withDefault("/");

    static final Keys KEYS = Keys.of(List.of(
            AGENT,
            HOST,
            TOR,
            CONTROLLER,
            ADDRESSES,
            DEVICES,
            SOURCE_PORTS,
            TRANSPORT,
            TRAFFIC_CLASS,
            HOST_BUDGET,
            LINK_BUDGET,
            MEMORY,
            PROCESSOR,
            TRACE,
            LIBRARIES,
            ROOT));

    private static final Map<String, String> OLD_NAMES = Map.of(
            "agent_id", AGENT.name(),
            "hostname", HOST.name(),
            "tor_id", TOR.name(),
            "controller_addr", CONTROLLER.name(),
            "allowed_device_names", DEVICES.name(),
            "traffic_class", TRAFFIC_CLASS.name(),
            "throttle_memory_ratio", MEMORY.name(),
            "throttle_cpu_percent", PROCESSOR.name(),
            "ebpf_enabled", TRACE.name());

    /** What the controller decides here, or what there is no need for. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "probe_interval_ms",
            "target_probe_rate_per_second",
            "tor_mesh_probe_rate_per_second",
            "inter_tor_probe_rate_per_second",
            "pinglist_update_interval_sec",
            "flow_label_rotation_period_sec",
            "gid_index",
            "service_level",
            "metrics_enabled",
            "otel_collector_addr",
            "analysis_report_enabled",
            "analysis_window_sec",
            "self_protection_enabled",
            "watchdog_interval_sec",
            "max_memory_mb",
            "max_procs",
            "log_level",
            "tls_mode",
            "tls_cert_file",
            "tls_key_file",
            "tls_ca_file",
            "tls_server_name");

    private AgentFile() {}

    /** @param ignored names in the file that have no effect here, for people */
    record Read(Config config, List<String> ignored) {}

    /** @throws dev.mayfly.base.config.ConfigException with every problem at once */
    static Read read(Optional<Path> file, Map<String, String> options, Map<String, String> environment) {
        List<Setting> flags = new ArrayList<>();
        KEYS.all()
                .forEach(key -> Optional.ofNullable(options.get("--" + key.name()))
                        .ifPresent(value ->
                                flags.add(new Setting(key.name(), List.of(value.split("\0", -1)), "--" + key.name()))));
        List<Setting> settings = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        if (file.isPresent()) {
            for (Setting each : parse(file.get()).settings()) {
                if (WITHOUT_EFFECT.contains(each.key())) {
                    ignored.add(each.key() + " (" + each.origin() + ")");
                } else {
                    settings.add(
                            new Setting(OLD_NAMES.getOrDefault(each.key(), each.key()), each.values(), each.origin()));
                }
            }
        }
        Map<String, String> own = new java.util.HashMap<>(environment);
        own.keySet().removeIf(name -> name.startsWith("MAYFLY_"));
        return new Read(Config.resolve(KEYS, () -> flags, own, () -> settings), ignored);
    }

    private static ConfigSource parse(Path file) {
        try {
            return YamlSettings.parse(file, Files.readString(file));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot read " + file,
                    String.valueOf(e.getMessage()),
                    "check the name and its permissions",
                    e);
        }
    }
}
