package dev.mayfly.queue.wire;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** A ledger entry as one JSON text, without its version, which is the store's. */
public final class EntryJson {
    private EntryJson() {}

    public static byte[] bytes(JobEntry entry) {
        JsonObject json = JsonObject.of()
                .with("id", entry.id().value())
                .with("state", entry.state().word())
                .with("fence", entry.fence())
                .with("attempts", entry.attempts())
                .with("round", entry.round())
                .with("submitted_ms", entry.submittedAt().toEpochMilli())
                .with("changed_ms", entry.changedAt().toEpochMilli())
                .with("summary", entry.summary())
                .with("repeatable", entry.repeatable())
                .with("longest_ms", entry.longest().toMillis())
                .with("note", entry.note())
                .with("cancel_wanted", entry.cancelWanted());
        if (entry.owner().isPresent()) {
            json = json.with("owner", epoch(entry.owner().get()));
        }
        if (entry.answer().isPresent()) {
            json = json.with("answer", AnswerJson.kept(entry.answer().get()));
        }
        return JsonWriter.compact(json).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code STATE_CORRUPT} */
    public static JobEntry read(byte[] text, long version) {
        Members members = Members.parse("a job", text);
        try {
            return new JobEntry(
                    new JobId(members.text("id")),
                    version,
                    JobState.of(members.text("state")),
                    members.number("fence"),
                    members.integer("attempts"),
                    members.integer("round"),
                    Instant.ofEpochMilli(members.number("submitted_ms")),
                    Instant.ofEpochMilli(members.number("changed_ms")),
                    members.text("summary"),
                    members.flag("repeatable"),
                    Duration.ofMillis(members.number("longest_ms")),
                    members.text("note"),
                    members.object("owner").map(EntryJson::epoch),
                    members.flag("cancel_wanted"),
                    members.object("answer").map(AnswerJson::read));
        } catch (IllegalArgumentException e) {
            throw Members.damaged("a job", String.valueOf(e.getMessage()));
        }
    }

    private static JsonObject epoch(Epoch epoch) {
        return JsonObject.of().with("id", epoch.id()).with("home", epoch.home()).with("process", epoch.process());
    }

    private static Epoch epoch(Members members) {
        return new Epoch(members.text("id"), members.text("home"), members.text("process"));
    }
}
