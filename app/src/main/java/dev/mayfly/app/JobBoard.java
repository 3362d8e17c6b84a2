package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.JobLedger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Runs of this home and jobs of its queue in one list, as {@code job ls} and {@code job show} print them. */
final class JobBoard implements Jobs {
    private static final int CANDIDATES = 3;

    private final Supplier<Jobs> runs;
    private final Supplier<Optional<JobLedger>> queue;

    /** @param queue empty when there never was one in this home */
    JobBoard(Supplier<Jobs> runs, Supplier<Optional<JobLedger>> queue) {
        this.runs = runs;
        this.queue = queue;
    }

    @Override
    public List<JsonObject> latest(int limit, Optional<String> verdict, Optional<JobState> state) {
        Map<String, JsonObject> rows = new LinkedHashMap<>();
        if (state.isEmpty() || state.get() == JobState.DONE) {
            int number = 0;
            for (JsonObject run : runs.get().latest(limit, verdict, state)) {
                // The same request run twice is two rows; only its newest one is the job's.
                String id = text(run, "run_id");
                rows.put(rows.containsKey(id) ? id + "#" + number++ : id, run);
            }
        }
        for (JobEntry entry :
                queue.get().map(ledger -> ledger.newest(limit, state)).orElse(List.of())) {
            if (verdict.isEmpty() || verdict.equals(verdict(entry))) {
                rows.merge(entry.id().value(), row(entry), (run, job) -> run.with("state", text(job, "state")));
            }
        }
        List<JsonObject> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.comparing((JsonObject row) -> text(row, "changed_at"))
                .reversed());
        return List.copyOf(sorted.subList(0, Math.min(limit, sorted.size())));
    }

    @Override
    public List<JsonObject> startingWith(String runId) {
        Map<String, JsonObject> found = new LinkedHashMap<>();
        for (JobEntry entry : candidates(runId)) {
            found.put(entry.id().value(), whole(entry));
        }
        for (JsonObject run : runs.get().startingWith(runId)) {
            found.merge(text(run, "run_id"), run, (job, ran) -> merged(job, ran));
        }
        return List.copyOf(found.values());
    }

    /** The job's own answer wins over what this home ran last under its name. */
    private static JsonObject merged(JsonObject job, JsonObject run) {
        JsonObject both = run;
        for (Map.Entry<String, JsonValue> member : job.members().entrySet()) {
            both = both.with(member.getKey(), member.getValue());
        }
        return both;
    }

    /** The one job whose id begins with this. */
    JobEntry entry(String prefix) {
        List<JobEntry> found = candidates(prefix);
        if (found.size() == 1
                || (!found.isEmpty() && found.getFirst().id().value().equals(prefix))) {
            return found.getFirst();
        }
        throw new MayflyException(
                ErrorCode.NOT_FOUND,
                found.isEmpty() ? "there is no job " + prefix + " in the queue" : "several jobs begin with " + prefix,
                found.isEmpty() ? "its ledger has none" : "one is needed",
                found.isEmpty() ? "mayfly job ls" : "type more of the id; mayfly job ls shows them whole");
    }

    private List<JobEntry> candidates(String prefix) {
        return JobId.isPrefix(prefix)
                ? queue.get()
                        .map(ledger -> ledger.startingWith(prefix, CANDIDATES))
                        .orElse(List.of())
                : List.of();
    }

    private static JsonObject row(JobEntry entry) {
        JsonObject row = JsonObject.of()
                .with("run_id", entry.id().value())
                .with("state", entry.state().word())
                .with("changed_at", entry.changedAt().toString())
                .with("command", entry.summary());
        if (entry.state().isFinal()) {
            row = row.with("finished_at", entry.changedAt().toString());
        }
        return withVerdict(entry, row);
    }

    private static JsonObject withVerdict(JobEntry entry, JsonObject row) {
        return verdict(entry).map(word -> row.with("verdict", word)).orElse(row);
    }

    private static JsonObject whole(JobEntry entry) {
        JsonObject row = row(entry)
                .with("submitted_at", entry.submittedAt().toString())
                .with("attempts", entry.attempts())
                .with("fence", entry.fence())
                .with("effect", entry.repeatable() ? "pure" : "effectful")
                .with("cancel_wanted", entry.cancelWanted());
        if (!entry.note().isEmpty()) {
            row = row.with("note", entry.note());
        }
        if (entry.owner().isPresent()) {
            row = row.with("running_since", entry.changedAt().toString())
                    .with("worker", worker(entry.owner().get()));
        }
        return entry.answer().isPresent() ? withAnswer(row, entry.answer().get()) : row;
    }

    /** Which process has the job. Its number says something on its own machine only, so it is told whether that is here. */
    private static JsonObject worker(Epoch owner) {
        JsonObject worker = JsonObject.of().with("epoch", owner.id()).with("seat", owner.home());
        return WorkerProcess.parse(owner.process())
                .map(process ->
                        worker.with("pid", process.instance().pid()).with("on_this_machine", process.isFromHere()))
                .orElse(worker);
    }

    private static JsonObject withAnswer(JsonObject row, Answer answer) {
        return switch (answer) {
            case Answer.Graded graded ->
                row.with("result", JsonReader.read(graded.result().getBytes(StandardCharsets.UTF_8)));
            case Answer.Failed failed ->
                row.with(
                        "error",
                        JsonObject.of()
                                .with("code", failed.code())
                                .with("what", failed.what())
                                .with("why", failed.why())
                                .with("fix", failed.fix()));
        };
    }

    private static Optional<String> verdict(JobEntry entry) {
        return entry.answer()
                .flatMap(answer ->
                        answer instanceof Answer.Graded graded ? Optional.of(graded.verdict()) : Optional.empty());
    }

    private static String text(JsonObject row, String name) {
        return row.get(name).orElse(new JsonString("")) instanceof JsonString(String value) ? value : "";
    }
}
