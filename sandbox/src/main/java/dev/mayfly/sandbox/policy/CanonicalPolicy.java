package dev.mayfly.sandbox.policy;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.box.NetCaps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The content of a policy in one form: every default filled in, sets sorted. Grading rules keep their order. */
final class CanonicalPolicy {
    private CanonicalPolicy() {}

    static JsonObject content(Policy policy) {
        return JsonObject.of()
                .with("version", Policy.VERSION)
                .with(
                        "fs",
                        JsonObject.of()
                                .with("allow", sorted(texts(policy.fs().allow())))
                                .with("readonly", sorted(texts(policy.fs().readonly()))))
                .with("net", net(policy))
                .with(
                        "env",
                        JsonObject.of()
                                .with("allow", sorted(policy.env().allow()))
                                .with("deny", sorted(policy.env().deny())))
                .with("limits", limits(policy.limits()))
                .with("syscalls", policy.syscalls().name().toLowerCase(Locale.ROOT))
                .with("net_intent", policy.netIntent().name().toLowerCase(Locale.ROOT))
                .with("layers", sorted(policy.requiredLayers()))
                .with("grading", grading(policy.grading()));
    }

    private static JsonObject net(Policy policy) {
        NetCaps caps = policy.net().caps();
        List<String> rules = policy.net().rules().stream().map(Object::toString).toList();
        return JsonObject.of()
                .with("allow", sorted(rules))
                .with("connections", caps.connections())
                .with("concurrent", caps.concurrent())
                .with("bytes", caps.bytes())
                .with("names", caps.names())
                .with("idle_ms", caps.idle().toMillis());
    }

    private static JsonObject limits(PolicyLimits limits) {
        return JsonObject.of()
                .with("cpu_ms", limits.cpuMs())
                .with("memory_mb", limits.memoryMb())
                .with("wall_sec", limits.wallSec())
                .with("pids", limits.pids())
                .with("fsize_mb", limits.fsizeMb())
                .with("nofile", limits.nofile())
                .with("disk_mb", limits.diskMb())
                .with("stdout_kb", limits.stdoutKb())
                .with("output_mb", limits.outputMb());
    }

    private static JsonObject grading(Grading grading) {
        List<JsonValue> rules = new ArrayList<>();
        for (GradingRule rule : grading.rules()) {
            rules.add(JsonObject.of()
                    .with("name", rule.name())
                    .with("when", rule.when().word())
                    .with("points", rule.points())
                    .with("match", sorted(rule.match())));
        }
        return JsonObject.of()
                .with("rules", new JsonArray(rules))
                .with("green_max", grading.thresholds().greenMax())
                .with("red_min", grading.thresholds().redMin());
    }

    private static List<String> texts(Collection<FsPattern> patterns) {
        return patterns.stream().map(FsPattern::toString).toList();
    }

    private static JsonArray sorted(Collection<String> texts) {
        return JsonArray.ofStrings(texts.stream().distinct().sorted().toList());
    }
}
