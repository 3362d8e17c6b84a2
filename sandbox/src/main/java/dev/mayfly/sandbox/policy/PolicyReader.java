package dev.mayfly.sandbox.policy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.text.Spelling;
import dev.mayfly.sandbox.allow.AllowSyntaxException;
import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.allow.EnvRules;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.allow.FsRules;
import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.SyscallProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the text of a policy; see {@code schemas/policy.schema.json} for the published contract. */
public final class PolicyReader {
    private static final int MAX_RULES = 1_000;

    /**
     * @param source names the file in error texts
     * @throws MayflyException {@code POLICY_INVALID} with every problem and its line
     */
    public Policy read(byte[] yaml, String source) {
        Yaml root;
        try {
            root = YamlReader.read(yaml);
        } catch (YamlReader.YamlException e) {
            throw invalid(source, String.valueOf(e.getMessage()));
        }
        PolicyProblems problems = new PolicyProblems();
        Section policy = Section.of(
                "",
                root,
                Set.of("version", "capabilities", "limits", "syscalls", "preflight", "layers", "grading"),
                problems);
        version(policy);
        Section capabilities = policy.section("capabilities", Set.of("fs", "net", "env"));
        Policy read = new Policy(
                source,
                "",
                fs(capabilities.section("fs", Set.of("default", "allow", "readonly"))),
                net(capabilities.section("net", Set.of("default", "allow", "caps"))),
                env(capabilities.section("env", Set.of("allow", "deny"))),
                limits(policy.section(
                        "limits",
                        Set.of(
                                "cpu_ms",
                                "memory_mb",
                                "wall_sec",
                                "pids",
                                "fsize_mb",
                                "nofile",
                                "disk_mb",
                                "stdout_kb",
                                "output_mb"))),
                syscalls(policy),
                netIntent(policy.section("preflight", Set.of("net_intent"))),
                layers(policy.section("layers", Set.of("required"))),
                GradingReader.read(policy.section("grading", Set.of("rules", "thresholds")), problems));
        if (!problems.isEmpty()) {
            throw invalid(source, problems.text());
        }
        return read.withDigest();
    }

    private static MayflyException invalid(String source, String why) {
        return new MayflyException(
                ErrorCode.POLICY_INVALID,
                "the policy " + source + " is not valid",
                why,
                "correct these lines; policies/default.policy.yml shows every key, schemas/policy.schema.json the rules");
    }

    private static void version(Section policy) {
        Optional<Yaml> version = policy.get("version");
        if (version.isEmpty()) {
            policy.problem("the key 'version' is missing; add version: " + Policy.VERSION);
        } else if (!(version.get() instanceof Yaml.Scalar scalar)
                || !scalar.plain()
                || !scalar.text().equals("" + Policy.VERSION)) {
            policy.problem(
                    version.get(),
                    "version is " + version.get().kind() + "; this program knows version " + Policy.VERSION);
        }
    }

    private static FsRules fs(Section fs) {
        fs.word("default", List.of("deny"));
        List<FsPattern> allow = new ArrayList<>();
        for (Yaml item : fs.items("allow")) {
            pathOf(fs, "allow", item).flatMap(path -> place(fs, item, path)).ifPresent(allow::add);
        }
        List<FsPattern> readonly = new ArrayList<>();
        for (Yaml item : fs.items("readonly")) {
            pathOf(fs, "readonly", item).flatMap(path -> place(fs, item, path)).ifPresent(readonly::add);
        }
        return new FsRules(allow, readonly);
    }

    /** Both {@code - path: /data/**} and {@code - /data/**}. */
    private static Optional<String> pathOf(Section fs, String key, Yaml item) {
        if (item instanceof Yaml.Scalar scalar && scalar.isText()) {
            return Optional.of(scalar.text());
        }
        if (item instanceof Yaml.Mapping mapping
                && mapping.entries().size() == 1
                && mapping.entries().getFirst().key().equals("path")
                && mapping.entries().getFirst().value() instanceof Yaml.Scalar scalar
                && scalar.isText()) {
            return Optional.of(scalar.text());
        }
        fs.problem(item, "an item of " + fs.at(key) + " is " + item.kind() + "; write - path: \"/folder/**\"");
        return Optional.empty();
    }

    private static Optional<FsPattern> place(Section fs, Yaml item, String text) {
        try {
            FsPattern pattern = FsPattern.parse(text);
            Optional<String> objection = FsRules.isPrivate(pattern) ? Optional.empty() : BindGuard.objection(pattern);
            objection.ifPresent(why -> fs.problem(item, "'" + text + "' cannot be given to a run: " + why));
            return Optional.of(pattern);
        } catch (AllowSyntaxException e) {
            fs.problem(item, "'" + text + "': " + e.problem() + "; " + e.fix());
            return Optional.empty();
        }
    }

    private static NetAllowlist net(Section net) {
        net.word("default", List.of("deny"));
        List<Yaml> items = net.items("allow");
        if (items.size() > MAX_RULES) {
            net.problem("more than " + MAX_RULES + " rules in " + net.at("allow"));
        }
        List<NetRule> rules = new ArrayList<>();
        for (Yaml item : items) {
            ruleText(net, item).ifPresent(text -> {
                try {
                    rules.add(NetRule.parse(text));
                } catch (AllowSyntaxException e) {
                    net.problem(item, "'" + text + "': " + e.problem() + "; " + e.fix());
                }
            });
        }
        return new NetAllowlist(
                rules, caps(net.section("caps", Set.of("connections", "concurrent", "mb", "names", "idle_sec"))));
    }

    /** Unquoted, the old spelling {@code - host: example.org} is a map of one key. */
    private static Optional<String> ruleText(Section net, Yaml item) {
        if (item instanceof Yaml.Scalar scalar && scalar.isText()) {
            return Optional.of(scalar.text());
        }
        if (item instanceof Yaml.Mapping mapping
                && mapping.entries().size() == 1
                && Set.of("host", "addr").contains(mapping.entries().getFirst().key())
                && mapping.entries().getFirst().value() instanceof Yaml.Scalar scalar
                && scalar.isText()) {
            return Optional.of(mapping.entries().getFirst().key() + ":" + scalar.text());
        }
        net.problem(item, "an item of " + net.at("allow") + " is " + item.kind() + "; write - \"example.org:443\"");
        return Optional.empty();
    }

    private static NetCaps caps(Section caps) {
        NetCaps standard = NetCaps.STANDARD;
        return new NetCaps(
                (int) caps.number("connections", standard.connections(), 1, 1_000_000),
                (int) caps.number("concurrent", standard.concurrent(), 1, 10_000),
                caps.number("mb", standard.bytes() >> 20, 1, 1 << 20) << 20,
                (int) caps.number("names", standard.names(), 1, 100_000),
                Duration.ofSeconds(caps.number("idle_sec", standard.idle().toSeconds(), 1, 3_600)));
    }

    private static EnvRules env(Section env) {
        List<String> allow = env.get("allow").isPresent() ? env.texts("allow") : List.of("*");
        return new EnvRules(allow, env.texts("deny"));
    }

    /** Upper bounds keep a slip of the pen from becoming a host without memory. */
    private static PolicyLimits limits(Section limits) {
        PolicyLimits otherwise = PolicyLimits.DEFAULT;
        return new PolicyLimits(
                limits.number("cpu_ms", otherwise.cpuMs(), 10, 3_600_000),
                limits.number("memory_mb", otherwise.memoryMb(), 4, 1 << 20),
                limits.number("wall_sec", otherwise.wallSec(), 1, 60),
                limits.number("pids", otherwise.pids(), 1, 32_768),
                limits.number("fsize_mb", otherwise.fsizeMb(), 1, 1 << 20),
                limits.number("nofile", otherwise.nofile(), 8, 65_536),
                limits.number("disk_mb", otherwise.diskMb(), 1, 65_536),
                limits.number("stdout_kb", otherwise.stdoutKb(), 1, 16_384),
                limits.number("output_mb", otherwise.outputMb(), 1, 256));
    }

    private static SyscallProfile syscalls(Section policy) {
        List<String> words = Stream.of(SyscallProfile.values())
                .map(profile -> profile.name().toLowerCase(Locale.ROOT))
                .toList();
        return policy.word("syscalls", words)
                .map(word -> SyscallProfile.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(SyscallProfile.DEFAULT);
    }

    private static NetIntentMode netIntent(Section preflight) {
        return preflight
                .word("net_intent", List.of("refuse", "score", "off"))
                .map(word -> NetIntentMode.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(NetIntentMode.REFUSE);
    }

    private static List<String> layers(Section layers) {
        if (layers.get("required").isEmpty()) {
            return LayerNames.DEFAULT_REQUIRED;
        }
        List<String> required = new ArrayList<>();
        for (Yaml item : layers.items("required")) {
            if (item instanceof Yaml.Scalar scalar && LayerNames.isKnown(scalar.text())) {
                required.add(scalar.text());
                continue;
            }
            String near = item instanceof Yaml.Scalar scalar
                    ? Spelling.nearest(scalar.text(), LayerNames.all())
                            .map(name -> "did you mean '" + name + "'?")
                            .orElse("known: " + String.join(", ", LayerNames.all()))
                    : "a name is expected";
            layers.problem(item, "unknown layer: " + item.kind() + "; " + near);
        }
        return required;
    }
}
