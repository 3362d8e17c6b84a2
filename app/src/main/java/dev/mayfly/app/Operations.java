package dev.mayfly.app;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.LocalService;
import dev.mayfly.base.local.Reply;
import dev.mayfly.platform.probe.DoctorReport;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that can be asked of this program, by name. */
final class Operations implements LocalService {
    private static final int MAX_TIMEOUT_SEC = 60;
    private static final long MAX_SEED = (1L << 53) - 1;
    private static final int MAX_ROWS = 10_000;

    private final Supplier<Runs> runs;
    private final Supplier<Jobs> jobs;
    private final QueueOperations queue;
    private final Supplier<DoctorReport> doctor;
    private final Supplier<JsonObject> status;
    private final Config config;

    Operations(
            Supplier<Runs> runs,
            Supplier<Jobs> jobs,
            QueueOperations queue,
            Supplier<DoctorReport> doctor,
            Supplier<JsonObject> status,
            Config config) {
        this.config = config;
        this.runs = runs;
        this.jobs = jobs;
        this.queue = queue;
        this.doctor = doctor;
        this.status = status;
    }

    @Override
    public Reply call(Call call, CallContext context) throws InterruptedException {
        Parameters parameters = new Parameters(call.operation(), call.parameters());
        return switch (call.operation()) {
            case "exec" -> exec(call.body(), parameters);
            case "submit" -> queue.submit(call.body(), parameters, context);
            case "job.ls" -> list(parameters);
            case "job.result" -> queue.result(parameters, context);
            case "job.cancel" -> queue.cancel(parameters);
            case "job.dlq.ls" -> queue.deadLetters(parameters);
            case "job.dlq.requeue" -> queue.requeue(parameters);
            case "job.show" -> show(parameters);
            case "doctor" -> doctor(parameters);
            case "status" -> status(parameters);
            default ->
                throw new MayflyException(
                        ErrorCode.SERVICE_PROTOCOL,
                        "there is no operation " + call.operation(),
                        "this program does not know it",
                        "client and service may be of different versions: stop the service and start it again");
        };
    }

    private Reply exec(byte[] request, Parameters parameters) throws InterruptedException {
        OptionalLong timeout = parameters.number("timeout_sec", 0, MAX_TIMEOUT_SEC);
        RunOptions options = new RunOptions(
                parameters.text("policy").map(Path::of).or(() -> config.find(SettingKeys.POLICY)),
                timeout.isPresent() ? OptionalInt.of((int) timeout.getAsLong()) : OptionalInt.empty(),
                parameters.number("seed", 0, MAX_SEED),
                parameters.flag("strict"),
                parameters.flag("allow_degraded"),
                parameters.text("backend").orElseGet(this::usualBackend),
                "");
        RunOutcome outcome = runs.get().run(request, options);
        return new Reply.Done(outcome.exitCode().number(), outcome.result());
    }

    private String usualBackend() {
        return config.get(SettingKeys.BACKEND).name().toLowerCase(Locale.ROOT);
    }

    private Reply list(Parameters parameters) {
        int limit = (int) parameters.number("limit", 1, MAX_ROWS).orElse(20);
        List<JsonObject> rows = jobs.get()
                .latest(
                        limit,
                        parameters.text("verdict"),
                        parameters.text("state").map(Operations::state));
        if (isText(parameters)) {
            return done(new JsonString(
                    Table.of(rows, List.of("run_id", "state", "verdict", "changed_at", "duration_ms", "command"))));
        }
        return done(new JsonArray(List.copyOf(rows)));
    }

    private static JobState state(String word) {
        try {
            return JobState.of(word);
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "no job is '" + word + "'",
                    "a job is one of "
                            + Stream.of(JobState.values()).map(JobState::word).collect(Collectors.joining(", ")),
                    "mayfly job ls --state queued");
        }
    }

    private Reply show(Parameters parameters) {
        String id = parameters.text("run_id").orElse("");
        List<JsonObject> found = id.isEmpty() ? List.of() : jobs.get().startingWith(id);
        if (found.size() == 1) {
            return done(found.getFirst());
        }
        throw new MayflyException(
                ErrorCode.NOT_FOUND,
                found.isEmpty() ? "there is no run or job " + id : "several runs or jobs begin with " + id,
                found.isEmpty() ? "neither the ledger of this home nor that of the queue has one" : "one is needed",
                found.isEmpty() ? "mayfly job ls" : "type more of the id; mayfly job ls shows them whole");
    }

    private Reply doctor(Parameters parameters) {
        DoctorReport report = doctor.get();
        int exitCode = report.canRun() ? ExitCode.GREEN.number() : ExitCode.REFUSED.number();
        return new Reply.Done(exitCode, isText(parameters) ? new JsonString(report.table()) : report.json());
    }

    private Reply status(Parameters parameters) {
        JsonObject now = status.get();
        return done(isText(parameters) ? new JsonString(Table.lines(flat(now))) : now);
    }

    /** What is nested in one line each, as in {@code queue: embedded, waiting 3}. */
    private static JsonObject flat(JsonObject nested) {
        JsonObject lines = JsonObject.of();
        for (Map.Entry<String, JsonValue> member : nested.members().entrySet()) {
            lines = lines.with(
                    member.getKey(),
                    member.getValue() instanceof JsonObject inner ? new JsonString(oneLine(inner)) : member.getValue());
        }
        return lines;
    }

    private static String oneLine(JsonObject inner) {
        return inner.members().entrySet().stream()
                .filter(each -> !each.getValue().equals(new JsonString("")))
                .map(each -> each.getValue() instanceof JsonString(String word)
                        ? word
                        : each.getKey().replace('_', ' ') + " " + JsonWriter.compact(each.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static boolean isText(Parameters parameters) {
        Optional<String> format = parameters.text("format");
        return format.isPresent() && format.get().equals("text");
    }

    private static Reply done(JsonValue result) {
        return new Reply.Done(ExitCode.GREEN.number(), result);
    }
}
