package dev.mayfly.queue.embedded;

import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.wire.AnswerJson;
import dev.mayfly.store.Row;
import dev.mayfly.store.SqlValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An entry as a row. {@code answer} is the result as it is when there is a verdict, else the failure as JSON; it stands
 * last, so that SQLite does not read through it to get at the others.
 */
final class JobRow {
    private static final List<String> NAMES = List.of(
            "id",
            "version",
            "state",
            "fence",
            "attempts",
            "round",
            "submitted_at",
            "changed_at",
            "summary",
            "repeatable",
            "longest_ms",
            "note",
            "owner_id",
            "owner_home",
            "owner_process",
            "cancel_wanted",
            "exit_code",
            "verdict",
            "answer");

    static final String COLUMNS = String.join(", ", NAMES);

    /** Changes nothing when there is a row. */
    static final String INSERT = "INSERT INTO job (" + COLUMNS + ") VALUES ("
            + NAMES.stream().map(_ -> "?").collect(Collectors.joining(", ")) + ") ON CONFLICT (id) DO NOTHING";

    /**
     * Takes the values without the id, which comes after them with the version that the row must have. An id that is set
     * to itself would be written to its index anew.
     */
    static final String UPDATE = "UPDATE job SET "
            + NAMES.stream().skip(1).map(name -> name + " = ?").collect(Collectors.joining(", "))
            + " WHERE id = ? AND version = ?";

    private JobRow() {}

    static String columnsOf(String table) {
        return NAMES.stream().map(name -> table + "." + name + " AS " + name).collect(Collectors.joining(", "));
    }

    static List<SqlValue> values(JobEntry entry) {
        Optional<Answer> answer = entry.answer();
        return Stream.<Object>of(
                        entry.id().value(),
                        entry.version(),
                        entry.state().word(),
                        entry.fence(),
                        entry.attempts(),
                        entry.round(),
                        entry.submittedAt(),
                        entry.changedAt(),
                        entry.summary(),
                        entry.repeatable(),
                        entry.longest().toMillis(),
                        entry.note(),
                        entry.owner().map(Epoch::id),
                        entry.owner().map(Epoch::home),
                        entry.owner().map(Epoch::process),
                        entry.cancelWanted(),
                        answer.map(Answer::exitCode),
                        answer.flatMap(given -> given instanceof Answer.Graded graded
                                ? Optional.of(graded.verdict())
                                : Optional.empty()),
                        answer.map(JobRow::text))
                .map(SqlValue::of)
                .toList();
    }

    private static String text(Answer answer) {
        return switch (answer) {
            case Answer.Graded graded -> graded.result();
            case Answer.Failed _ -> JsonWriter.compact(AnswerJson.kept(answer));
        };
    }

    static JobEntry read(Row row) {
        return new JobEntry(
                new JobId(row.text("id")),
                row.integer("version"),
                JobState.of(row.text("state")),
                row.integer("fence"),
                Math.toIntExact(row.integer("attempts")),
                Math.toIntExact(row.integer("round")),
                row.time("submitted_at"),
                row.time("changed_at"),
                row.text("summary"),
                row.bool("repeatable"),
                Duration.ofMillis(row.integer("longest_ms")),
                row.text("note"),
                row.optionalText("owner_id")
                        .map(id -> new Epoch(id, row.text("owner_home"), row.text("owner_process"))),
                row.bool("cancel_wanted"),
                row.optionalText("answer").map(text -> answer(row, text)));
    }

    private static Answer answer(Row row, String text) {
        Optional<String> verdict = row.optionalText("verdict");
        return verdict.isPresent()
                ? new Answer.Graded(verdict.get(), Math.toIntExact(row.integer("exit_code")), text)
                : AnswerJson.read(text);
    }
}
