package dev.mayfly.sandbox.run;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.grade.Decider;
import dev.mayfly.sandbox.grade.Decision;
import dev.mayfly.sandbox.grade.Evidence;
import dev.mayfly.sandbox.grade.Grader;
import dev.mayfly.sandbox.grade.RequiredLayers;
import dev.mayfly.sandbox.grade.RunFlags;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.record.Ledger;
import dev.mayfly.sandbox.record.LedgerEntry;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.request.RequestReader;
import dev.mayfly.sandbox.result.ResultCheck;
import dev.mayfly.sandbox.result.ResultJson;
import dev.mayfly.sandbox.result.RunResult;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes one request through its whole life: read, decide, enforce, grade, record. Safe for concurrent use; as many runs
 * go on at once as the backend has slots.
 *
 * <p>Order of the last steps: a red run is in quarantine before the ledger names it, and the ledger is on disk before
 * the caller has the result. A crash in between leaves evidence without a row, never a row or an answer without it.
 */
public final class SandboxRunner {
    private static final String NO_BACKEND = "none";
    private static final int COMMAND_SHOWN = 200;

    private final RequestReader reader;
    private final PolicyStore policies;
    private final BindGuard guard;
    private final BackendSelector backends;
    private final Quarantine quarantine;
    private final Ledger ledger;
    private final Clock clock;

    public SandboxRunner(
            Clock clock,
            PolicyStore policies,
            BindGuard guard,
            BackendSelector backends,
            Quarantine quarantine,
            Ledger ledger) {
        this.clock = clock;
        this.reader = new RequestReader();
        this.policies = policies;
        this.guard = guard;
        this.backends = backends;
        this.quarantine = quarantine;
        this.ledger = ledger;
    }

    /**
     * Runs one request to its recorded result.
     *
     * @param request JSON text as {@code schemas/request.schema.json} describes it
     * @throws MayflyException when there is no verdict: the request is malformed, the policy refuses it, the sandbox
     *     could not be set up, or the result could not be kept. In the first three cases nothing ran.
     */
    public RunOutcome run(byte[] request, RunOptions options) throws InterruptedException {
        RunRequest parsed = reader.read(request);
        Policy policy = policies.load(options.policy(), parsed.policyId());
        RunFlags flags =
                new RunFlags(options.timeoutSeconds(), options.seed(), options.strict(), options.allowDegraded());
        RunResult result = carryOut(Decider.decide(parsed, policy, flags), policy, flags, options.backend());
        return record(request, command(parsed), result, options.mark());
    }

    /**
     * Reads a request and names it, and runs nothing.
     *
     * @throws MayflyException when the request is malformed or there is no such policy; not when the policy refuses it,
     *     because that is an answer of the named job
     */
    public NamedRun name(byte[] request, RunOptions options) {
        RunRequest parsed = reader.read(request);
        Policy policy = policies.load(options.policy(), parsed.policyId());
        RunFlags flags =
                new RunFlags(options.timeoutSeconds(), options.seed(), options.strict(), options.allowDegraded());
        return new NamedRun(
                Decider.name(parsed, policy, flags).value(),
                Decider.leavesNoTrace(parsed, policy),
                Decider.wallLimit(parsed, policy, flags),
                command(parsed));
    }

    /** What was recorded of the run with this mark. */
    public Optional<RunOutcome> recall(String mark) {
        return ledger.marked(mark)
                .map(entry -> new RunOutcome(
                        (JsonObject) JsonReader.read(entry.result().getBytes(StandardCharsets.UTF_8)),
                        Verdict.of(entry.verdict()).exitCode()));
    }

    /** Not a pattern switch, which is linked anew at every start of a program: a millisecond that every run waits for. */
    private RunResult carryOut(Decision decision, Policy policy, RunFlags flags, String wanted)
            throws InterruptedException {
        if (decision instanceof Decision.Run run) {
            return enforce(run, policy, flags, wanted);
        }
        if (decision instanceof Decision.RedWithoutRunning red) {
            return RunResult.notRun(
                    origin(red.runId().value(), policy, red.seed(), NO_BACKEND, flags), red.grade(), red.violations());
        }
        throw ((Decision.Refused) decision).failure();
    }

    private RunResult enforce(Decision.Run run, Policy policy, RunFlags flags, String wanted)
            throws InterruptedException {
        Backend backend = backends.select(wanted, run.request());
        List<LayerReport> before = RequiredLayers.marked(policy, backend.layers());
        RequiredLayers.refusal(before, flags).ifPresent(refusal -> {
            throw refusal;
        });
        Execution execution = backend.run(run.box(binds(run)));
        List<LayerReport> during = RequiredLayers.marked(policy, execution.layers());
        List<Evidence> evidence = new ArrayList<>(run.findings());
        evidence.addAll(Grader.ofRun(execution.violations(), execution.limitsHit(), execution.outputsDropped()));
        evidence.addAll(RequiredLayers.evidence(during));
        return RunResult.of(
                origin(run.runId().value(), policy, run.seed(), backend.name(), flags),
                Grader.grade(policy.grading(), evidence),
                execution,
                during,
                execution.network());
    }

    private List<HostBind> binds(Decision.Run run) {
        BindGuard.Admission admission = guard.admit(run.wanted());
        if (!admission.objections().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.POLICY_REFUSES,
                    "a place of the host that the policy shows to the job cannot be shown; nothing was run",
                    String.join("; ", admission.objections()),
                    "change capabilities.fs in the policy, or what lies at that place");
        }
        return admission.binds();
    }

    private RunOutcome record(byte[] request, String command, RunResult result, String mark) {
        JsonObject json = ResultJson.of(result);
        ResultCheck.require(json);
        String text = JsonWriter.compact(json);
        Verdict verdict = result.grade().verdict();
        if (verdict == Verdict.RED) {
            quarantine.keep(result.runId(), evidenceFiles(request, json, result));
        }
        ledger.record(new LedgerEntry(
                0,
                result.runId(),
                clock.instant(),
                command,
                verdict.word(),
                result.grade().riskScore(),
                result.backend(),
                result.duration().toMillis(),
                json.get("result_digest").map(SandboxRunner::string).orElse(""),
                text,
                mark));
        return new RunOutcome(json, verdict.exitCode());
    }

    /** The beginning of the command, so that a list of runs can be read; one line, bounded. */
    private static String command(RunRequest request) {
        String whole = request.cmd().orElseGet(() -> String.join(" ", request.argv()));
        int end = whole.offsetByCodePoints(0, Math.min(COMMAND_SHOWN, whole.codePointCount(0, whole.length())));
        return whole.substring(0, end);
    }

    private static SortedMap<String, byte[]> evidenceFiles(byte[] request, JsonObject json, RunResult result) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put("request.json", request);
        files.put("result.json", (JsonWriter.pretty(json) + "\n").getBytes(StandardCharsets.UTF_8));
        files.put("stdout", joined(result.stdout()));
        files.put("stderr", joined(result.stderr()));
        // Names of outputs are the job's choice, so they stay inside result.json and the files only get a number.
        for (int i = 0; i < result.outputs().size(); i++) {
            files.put("output." + i, result.outputs().get(i).content());
        }
        return files;
    }

    private static byte[] joined(Captured captured) {
        byte[] both = new byte[captured.head().length + captured.tail().length];
        System.arraycopy(captured.head(), 0, both, 0, captured.head().length);
        System.arraycopy(captured.tail(), 0, both, captured.head().length, captured.tail().length);
        return both;
    }

    private static String string(JsonValue value) {
        return value instanceof JsonString(String text) ? text : "";
    }

    private static RunResult.Origin origin(String runId, Policy policy, long seed, String backend, RunFlags flags) {
        return new RunResult.Origin(runId, policy.digest(), seed, backend, flags.allowDegraded());
    }
}
