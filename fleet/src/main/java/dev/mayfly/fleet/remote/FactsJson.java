package dev.mayfly.fleet.remote;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.proto.fleet.manage.AboutReply;
import dev.mayfly.proto.fleet.manage.AgentInfo;
import dev.mayfly.proto.fleet.manage.PhaseTimes;
import dev.mayfly.proto.fleet.manage.RunnerInfo;
import dev.mayfly.proto.fleet.manage.Split;
import dev.mayfly.proto.fleet.manage.TemplateTimes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What a server says, as people and programs are shown it. Names are those of {@code runner-state.json} where it has them. */
final class FactsJson {
    private FactsJson() {}

    static JsonObject about(AboutReply about, String server) {
        return JsonObject.of()
                .with("server", server)
                .with("version", about.getVersion())
                .with("pid", about.getPid())
                .with("uptime_seconds", about.getUptimeSeconds())
                .with("runners", about.getRunners())
                .with("agents", about.getAgents())
                .with("agents_online", about.getAgentsOnline())
                .with("inputs_waiting", about.getInputsWaiting())
                .with("refused_by_fences", about.getStaleReports());
    }

    static JsonObject runner(RunnerInfo runner) {
        return JsonObject.of()
                .with("runner_id", runner.getRunnerId())
                .with("runner_name", runner.getRunnerName())
                .with("state", runner.getState())
                .with(
                        "since",
                        Instant.EPOCH
                                .plus(runner.getSinceUs(), ChronoUnit.MICROS)
                                .toString())
                .with("resource_type", runner.getResourceType())
                .with("labels", texts(runner.getLabelsList()))
                .with("agent_id", runner.getAgentId())
                .with("hostname", runner.getHostname())
                .with("ip_address", runner.getAddress())
                .with("ssh_port", runner.getSshPort())
                .with("ssh_host_key", runner.getSshHostKey())
                .with("started", runner.getStarted())
                .with("leaving", runner.getLeaving())
                .with("reason", runner.getReason())
                .with("fence", runner.getFence())
                .with("tries", runner.getTries())
                .with("machine_identifier", runner.getMachineIdentifier())
                .with("mac_address", runner.getMacAddress());
    }

    static JsonObject agent(AgentInfo agent) {
        return JsonObject.of()
                .with("agent_id", agent.getAgentId())
                .with("hostname", agent.getHostname())
                .with("health", agent.getHealth())
                .with("draining", agent.getDraining())
                .with("drained_here", agent.getDrainedHere())
                .with("runners", agent.getRunners())
                .with("max_runners", agent.getMaxRunners())
                .with("cpus", agent.getCpus())
                .with("memory_bytes", agent.getMemoryBytes())
                .with("memory_taken", agent.getMemoryTaken())
                .with("labels", texts(agent.getLabelsList()))
                .with("resource_types", texts(agent.getResourceTypesList()))
                .with(
                        "template_times",
                        new JsonArray(List.copyOf(agent.getTemplateTimesList().stream()
                                .map(FactsJson::templateTimes)
                                .toList())));
    }

    private static JsonObject templateTimes(TemplateTimes times) {
        return JsonObject.of()
                .with("template", times.getTemplate())
                .with("digest", times.getDigest())
                .with("way", times.getWay())
                .with("starts", times.getStarts())
                .with("clone_p50_us", times.getCloneP50Us())
                .with("clone_p95_us", times.getCloneP95Us())
                .with("boot_to_ssh_p50_us", times.getBootToSshP50Us())
                .with("boot_to_ssh_p95_us", times.getBootToSshP95Us())
                .with("total_p50_us", times.getTotalP50Us())
                .with("total_p95_us", times.getTotalP95Us());
    }

    /** Microseconds, as their names say. */
    static JsonObject split(Split split) {
        return JsonObject.of()
                .with("placed_us", split.getPlacedUs())
                .with("clone_us", split.getClonedUs())
                .with("boot_to_ssh_us", split.getBootedUs())
                .with("total_us", split.getTotalUs());
    }

    static JsonObject phase(PhaseTimes phase) {
        return JsonObject.of()
                .with("phase", phase.getPhase())
                .with("starts", phase.getCount())
                .with("p50_us", phase.getP50Us())
                .with("p95_us", phase.getP95Us())
                .with("p99_us", phase.getP99Us())
                .with("max_us", phase.getMaxUs());
    }

    private static JsonArray texts(List<String> texts) {
        List<JsonValue> items = new ArrayList<>();
        texts.forEach(text -> items.add(new JsonString(text)));
        return new JsonArray(items);
    }
}
