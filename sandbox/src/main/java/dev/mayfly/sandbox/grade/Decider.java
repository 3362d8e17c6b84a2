package dev.mayfly.sandbox.grade;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.allow.WantedBind;
import dev.mayfly.sandbox.api.Effect;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.NetIntentMode;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyLimits;
import dev.mayfly.sandbox.request.RequestLimits;
import dev.mayfly.sandbox.request.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Intersects a request with a policy. What the request asks for never adds to what the policy gives. */
public final class Decider {
    /** The earliest time that every archive format can hold; some tools fail on 0. */
    private static final String SOURCE_DATE_EPOCH = "315532800";

    private static final Map<String, String> FIXED_ENV = Map.of(
            "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME", "/tmp",
            "TMPDIR", "/tmp",
            "TZ", "UTC",
            "LANG", "C.UTF-8",
            "SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);

    private Decider() {}

    public static Decision decide(RunRequest given, Policy policy, RunFlags flags) {
        Optional<MayflyException> badFlags = checkFlags(flags);
        if (badFlags.isPresent()) {
            return new Decision.Refused(badFlags.get());
        }
        RunRequest request = withFlags(given, flags);
        Optional<MayflyException> refusal = refusal(request, policy);
        if (refusal.isPresent()) {
            return new Decision.Refused(refusal.get());
        }
        long seed = request.seed().orElse(0);
        RunId runId = RunId.of(request, policy.digest(), seed);
        List<NetRule> askedNet = request.allowNet().stream().map(NetRule::parse).toList();
        List<FsPattern> askedFs =
                request.allowFs().stream().map(FsPattern::parse).toList();
        NetAllowlist net = policy.net().intersect(NetAllowlist.of(askedNet));
        List<Evidence> findings = Preflight.findings(request, policy, askedNet, askedFs, net);
        List<Violation> violations = plainViolations(request, policy, findings);
        if (!violations.isEmpty()) {
            List<Evidence> all = new ArrayList<>(findings);
            violations.stream()
                    .filter(violation -> violation.rule().startsWith("fs."))
                    .forEach(violation -> all.add(new Evidence(EvidenceKind.FS_DENIED, violation.subject())));
            String why = "a plain violation of "
                    + String.join(
                            ", ",
                            violations.stream().map(Violation::rule).distinct().toList());
            return new Decision.RedWithoutRunning(runId, request, seed, Grader.refused(policy, all, why), violations);
        }
        return new Decision.Run(
                runId,
                request,
                env(request),
                limits(request, policy.limits()),
                policy.syscalls(),
                net,
                policy.fs().binds(askedFs),
                seed,
                findings);
    }

    /** The name of the run that {@link #decide} would decide about. */
    public static RunId name(RunRequest given, Policy policy, RunFlags flags) {
        RunRequest request = withFlags(given, flags);
        return RunId.of(request, policy.digest(), request.seed().orElse(0));
    }

    /** Whether a run could have effects outside its box: it says so, or it may reach the network or write to the host. */
    public static boolean leavesNoTrace(RunRequest request, Policy policy) {
        List<NetRule> askedNet = request.allowNet().stream().map(NetRule::parse).toList();
        List<FsPattern> askedFs =
                request.allowFs().stream().map(FsPattern::parse).toList();
        return request.effect() == Effect.PURE
                && policy.net().intersect(NetAllowlist.of(askedNet)).deniesAll()
                && policy.fs().binds(askedFs).stream().noneMatch(WantedBind::writable);
    }

    /** When a run is ended at the latest. */
    public static Duration wallLimit(RunRequest given, Policy policy, RunFlags flags) {
        return limits(withFlags(given, flags), policy.limits()).wall();
    }

    private static Optional<MayflyException> checkFlags(RunFlags flags) {
        if (flags.timeoutSec().isPresent()) {
            int seconds = flags.timeoutSec().getAsInt();
            if (seconds < 0 || seconds > RequestLimits.TIMEOUT_SECONDS) {
                return Optional.of(new MayflyException(
                        ErrorCode.USAGE,
                        "--timeout " + seconds + " is outside 0.." + RequestLimits.TIMEOUT_SECONDS,
                        "no run may take longer than a minute",
                        "give seconds within that range; 0 is the policy's limit"));
            }
        }
        if (flags.strict() && flags.allowDegraded()) {
            return Optional.of(new MayflyException(
                    ErrorCode.USAGE,
                    "--strict and --allow-degraded contradict each other",
                    "one refuses every degradation, the other permits it",
                    "give one of them"));
        }
        return Optional.empty();
    }

    private static RunRequest withFlags(RunRequest request, RunFlags flags) {
        Duration timeout = flags.timeoutSec().isPresent()
                ? Duration.ofSeconds(flags.timeoutSec().getAsInt())
                : request.timeout();
        return new RunRequest(
                request.cmd(),
                request.argv(),
                request.stdin(),
                request.env(),
                request.files(),
                request.policyId(),
                timeout,
                request.allowNet(),
                request.allowFs(),
                flags.seed().isPresent() ? flags.seed() : request.seed(),
                request.outputs(),
                request.effect());
    }

    private static Optional<MayflyException> refusal(RunRequest request, Policy policy) {
        List<String> why = new ArrayList<>();
        long wall = policy.limits().wallSec();
        if (request.timeout().toSeconds() > wall) {
            why.add("timeout_sec is " + request.timeout().toSeconds() + ", limits.wall_sec of the policy is " + wall);
        }
        List<String> denied = policy.env().denied(request.env().keySet());
        if (!denied.isEmpty()) {
            why.add("capabilities.env of the policy does not permit " + String.join(", ", denied));
        }
        return why.isEmpty()
                ? Optional.empty()
                : Optional.of(new MayflyException(
                        ErrorCode.POLICY_REFUSES,
                        "the policy " + policy.source() + " does not take this request; nothing was run",
                        String.join("; ", why),
                        "change the request, or choose a policy that permits it"));
    }

    private static List<Violation> plainViolations(RunRequest request, Policy policy, List<Evidence> findings) {
        List<Violation> violations = new ArrayList<>();
        for (InputFile file : request.files()) {
            if (!policy.fs().permitsFile(file.path())) {
                violations.add(new Violation("fs.default", "write " + file.path(), 1));
            }
        }
        if (policy.netIntent() == NetIntentMode.REFUSE) {
            findings.stream()
                    .filter(finding -> finding.kind() == EvidenceKind.NET_INTENT)
                    .forEach(finding -> violations.add(new Violation("net.default", finding.subject(), 1)));
        }
        return violations;
    }

    /** Sorted by name, so that a program that prints its environment prints the same each time. */
    private static Map<String, String> env(RunRequest request) {
        Map<String, String> env = new TreeMap<>(FIXED_ENV);
        env.putAll(request.env());
        return env;
    }

    private static BoxLimits limits(RunRequest request, PolicyLimits limits) {
        Duration wall = request.timeout().isZero() ? Duration.ofSeconds(limits.wallSec()) : request.timeout();
        return new BoxLimits(
                wall,
                Duration.ofMillis(limits.cpuMs()),
                limits.memoryMb() << 20,
                limits.pids(),
                limits.fsizeMb() << 20,
                limits.nofile(),
                limits.diskMb() << 20,
                (int) (limits.stdoutKb() << 10),
                limits.outputMb() << 20);
    }
}
