package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.queue.api.Answer;
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
    private final Supplier<JobLedger> queue;

    JobBoard(Supplier<Jobs> runs, Supplier<JobLedger> queue) {
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
        for (JobEntry entry : queue.get().newest(limit, state)) {
            if (verdict.isEmpty() || verdict.equals(verdict(entry))) {
                rows.merge(entry.id().value(), row(entry), (run, job) -> run.with("state", text(job, "state")));
            }
        }
        List<JsonObject> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.comparing((JsonObject row) -> text(row, "finished_at"))
                .reversed());
        return List.copyOf(sorted.subList(0, Math.min(limit, sorted.size())));
    }

    @Override
    public List<JsonObject> startingWith(String runId) {
        Map<String, JsonObject> found = new LinkedHashMap<>();
        if (JobId.isPrefix(runId)) {
            for (JobEntry entry : queue.get().startingWith(runId, CANDIDATES)) {
                found.put(entry.id().value(), whole(entry));
            }
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
        List<JobEntry> found = JobId.isPrefix(prefix) ? queue.get().startingWith(prefix, CANDIDATES) : List.of();
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

    private static JsonObject row(JobEntry entry) {
        JsonObject row = JsonObject.of()
                .with("run_id", entry.id().value())
                .with("state", entry.state().word())
                .with("finished_at", entry.changedAt().toString())
                .with("command", entry.summary());
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
            row = row.with("owner", entry.owner().get().home());
        }
        return entry.answer().isPresent() ? withAnswer(row, entry.answer().get()) : row;
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
